using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>One pass over the members of a topic: who is visited, and up to which publication.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Members">Who is visited.</param>
/// <param name="Head">The offset up to which they are sent everything.</param>
/// <param name="HeadPosition">The same as a position: the sum of the costs of all publications before it.</param>
/// <param name="OldestAt">When the first message was accepted that no pass had before: a moment of the clock, or 0 where there is none.</param>
internal readonly record struct FlushPass(Topic Topic, MemberSnapshot Members, long Head, long HeadPosition, long OldestAt);
