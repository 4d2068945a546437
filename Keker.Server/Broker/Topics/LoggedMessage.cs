using Keker.Server.Broker.Log;

namespace Keker.Server.Broker.Topics;

/// <summary>What a topic knows of one of its messages, at the moment of asking. Immutable.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Offset">The message's offset.</param>
/// <param name="Publication">The message.</param>
/// <param name="IsKept">Whether it is kept for newcomers.</param>
/// <param name="WaitsUntil">When its time is up while it waits for an absent recipient, in milliseconds of the clock; null where it does not wait.</param>
/// <param name="Away">Clients that are away and have not confirmed it, the first of them.</param>
/// <param name="AwayCount">How many there are, as far as they were counted.</param>
internal sealed record LoggedMessage(
    Topic Topic, long Offset, Publication Publication, bool IsKept, long? WaitsUntil, AwayClient[] Away, int AwayCount)
{
    /// <summary>Looks for a message. Thread-safe; takes the topic's lock for as long as it takes to count <see cref="TopicFigures.MostCounted"/> clients.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="offset">The message's offset.</param>
    /// <param name="context">Has the time of the cache.</param>
    /// <param name="mostAway">Clients to tell of.</param>
    /// <returns>Null when it is not there any more, or not yet.</returns>
    public static LoggedMessage? Find(Topic topic, long offset, BrokerContext context, int mostAway)
    {
        lock (topic)
        {
            if (topic.Messages is not { } log || (In(log.Publications, offset) ?? In(log.Kept?.Publications, offset)) is not { } publication)
                return null;
            bool isKept = log.Kept?.Has(offset) is true;
            AwayClient[] away = [.. AwayFrom(log, offset).Take(mostAway).Select(position => new AwayClient(position.Client.Token, position.ExpiresAt))];
            return new LoggedMessage(topic, offset, publication, isKept, WaitsIn(log, topic, offset, publication, context), away, AwayFrom(log, offset).Count());
        }
    }

    /// <summary>What has become of it at a session of the topic. Any thread.</summary>
    public MessageState At(Subscription member)
    {
        // Before it set out there is nothing for it but what is kept.
        if (Offset < member.Start || (Offset < member.LiveFrom && !IsKept))
            return MessageState.Later;
        if (member.Skipped?.Contains(Offset) is true)
            return MessageState.Skipped;
        if (Offset < member.Arrived)
            return MessageState.Confirmed;
        return Offset < member.OfferedTo ? MessageState.UnderWay : MessageState.NotSent;
    }

    private static Publication? In(PublicationRing? ring, long offset)
    {
        long found = offset;
        return ring is not null && ring.TryNext(ref found, out Publication? publication) && found == offset ? publication : null;
    }

    /// <summary>Positions come the lowest first: those behind the message have had it.</summary>
    private static IEnumerable<BrokenPosition> AwayFrom(TopicLog log, long offset) =>
        log.HasBroken ? log.Broken.Away(TopicFigures.MostCounted).TakeWhile(position => position.Offset <= offset) : [];

    /// <summary>What waits has one time or the other from the moment of its acceptance.</summary>
    private static long? WaitsIn(TopicLog log, Topic topic, long offset, Publication publication, BrokerContext context)
    {
        if (topic.MemberCount > 0 || log.Waiting is not { IsEmpty: false } waiting || offset < waiting.Oldest || log.Kept?.Has(offset) is true)
            return null;
        return publication.HasOwnTime ? publication.ExpiresAt : publication.AcceptedAt + (long)context.Limits.Cache.TotalMilliseconds;
    }
}
