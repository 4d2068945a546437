using Keker.Server.Broker.Topics;
using Keker.Server.Observability;

namespace Keker.Server.Broker.Log;

/// <summary>What of a topic's log is kept although everybody was sent it: what is not confirmed, and what sessions that broke had not confirmed.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it. There is one only while something may have to be kept.</remarks>
internal sealed class Retention
{
    /// <summary>True while it is in <see cref="RetainedTopics"/>.</summary>
    public bool IsListed { get; private set; }

    /// <summary>At or before the oldest offset that a member needs, as far as was looked: what it has not confirmed, or may not have handled.</summary>
    public long Unconfirmed { get; set; }

    /// <summary>How far sessions that broke had confirmed; null where none did lately.</summary>
    public BrokenPositions? Broken { get; set; }

    public bool HasBroken => Broken is { IsEmpty: false };

    /// <summary>The oldest offset that a session had not confirmed that broke; after all there is when there is none.</summary>
    public long OldestBroken => Broken?.Oldest ?? long.MaxValue;

    /// <summary>A new member begins there.</summary>
    public void RetainFrom(long start) => Unconfirmed = Math.Min(Unconfirmed, start);

    /// <summary>The heartbeat is to visit the topic.</summary>
    public void List(RetainedTopics topics, Topic topic)
    {
        if (!IsListed)
            topics.Add(topic);
        IsListed = true;
    }

    /// <summary>
    /// The heartbeat looks what is confirmed. Few members are looked at one by one; where there are many, age decides: who has not confirmed by then was reset.
    /// </summary>
    /// <param name="members">The members.</param>
    /// <param name="log">The log.</param>
    /// <param name="flushedOffset">Where the last completed pass ended.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="kept">For so many milliseconds something is kept for a crowd.</param>
    public void FindUnconfirmed(ref MemberTable members, PublicationRing log, long flushedOffset, long now, long kept)
    {
        IsListed = false;
        if (members.Count > BrokerLimits.MostMembersLookedAt)
        {
            Unconfirmed = log.Tail;
            for (long offset = log.Tail; log.TryNext(ref offset, out Publication? publication) && offset < flushedOffset && publication.AcceptedAt < now - kept; offset++)
                Unconfirmed = offset + 1;
            return;
        }
        Unconfirmed = long.MaxValue;
        MemberSnapshot snapshot = members.Snapshot();
        for (int i = 0; i < snapshot.Count; i++)
        {
            if (snapshot[i] is { } member)
                Unconfirmed = Math.Min(Unconfirmed, member.NeededFrom(now));
        }
    }

    /// <summary>Lets go of what is confirmed, and of the oldest beyond a bound.</summary>
    /// <param name="log">The log.</param>
    /// <param name="end">From here on nothing is let go of.</param>
    /// <param name="most">The most bytes to hold, as far as <paramref name="end"/> allows.</param>
    /// <param name="lost">Counts what was kept for a session that broke and goes all the same.</param>
    /// <returns>Bytes let go.</returns>
    public long Trim(PublicationRing log, long end, long most, Counter lost)
    {
        long bytes = log.TrimTo(Math.Min(end, Math.Min(Unconfirmed, Broken?.NeededFrom ?? long.MaxValue)));
        long tail = log.Tail;
        bytes += log.TrimTo(end, most);
        CountLost(tail, log.Tail, lost);
        return bytes;
    }

    /// <summary>Counts what was kept for a session that broke and has gone all the same.</summary>
    /// <param name="tail">Where the log began before.</param>
    /// <param name="newTail">Where it begins now.</param>
    /// <param name="lost">Counts it.</param>
    public void CountLost(long tail, long newTail, Counter lost)
    {
        // Most often nothing has gone.
        if (newTail > tail && Math.Max(tail, OldestBroken) is var from && newTail > from)
            lost.Add(newTail - from);
    }
}
