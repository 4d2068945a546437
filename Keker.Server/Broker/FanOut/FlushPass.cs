using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>One pass over the members of a topic: who is visited, and up to which publication.</summary>
internal readonly record struct FlushPass(Topic Topic, MemberSnapshot Members, long Head, long HeadPosition);
