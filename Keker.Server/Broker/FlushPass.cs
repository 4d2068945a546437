namespace Keker.Server.Broker;

/// <summary>One pass over the members of a topic: who is visited, up to which publication, and whether somebody waits for its confirmation.</summary>
internal readonly record struct FlushPass(Topic Topic, MemberSnapshot Members, long Head, long HeadPosition, bool WantsBarrier);
