using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Confirming;

/// <summary>
/// A HELLO while other sessions of the token have not confirmed what they were sent: any of them may be the same client's connection, dead and not
/// noticed as such. They are asked, and who is silent for a second counts as broken: the new session starts where that one had confirmed.
/// </summary>
/// <remarks>The lock of the member's topic guards it.</remarks>
/// <param name="member">The new session in the topic.</param>
/// <param name="before">It waits for those that have a lower number in <see cref="UnconfirmedMembers"/>.</param>
/// <param name="deadline">When it waits no longer, in milliseconds of the clock.</param>
internal sealed class PredecessorCheck(Subscription member, long before, long deadline)
{
    public Subscription Member { get; } = member;

    public long Before { get; } = before;

    public long Deadline { get; } = deadline;

    /// <summary>Where the session begins that has no claim to more.</summary>
    public long Start { get; } = member.Cursor;

    /// <summary>The session has begun already, and only takes over what turns out broken: it says what it has, or has missed nothing.</summary>
    public bool StartsAtOnce { get; init; }

    /// <summary>The token has no more sessions than a client has: who is silent counts as broken for all that come.</summary>
    public bool IsFew { get; init; }

    /// <summary>True once the new session has been told that it has joined: from then on it may be sent messages.</summary>
    public bool MayDeliver { get; set; }

    /// <summary>True once its start does not change any more.</summary>
    public bool IsDecided { get; set; }
}
