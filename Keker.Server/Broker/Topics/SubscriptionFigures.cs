namespace Keker.Server.Broker.Topics;

/// <summary>Where a session stands in a topic, for an operator.</summary>
/// <param name="Cursor">The offset of the next message that it is sent.</param>
/// <param name="Confirmed">All before this offset has arrived; null where nobody finds that out.</param>
/// <param name="Head">Where the log ends.</param>
/// <param name="LagBytes">What the messages cost that it is to be sent yet, in bytes, as far as <see cref="MostCounted"/> of them.</param>
internal readonly record struct SubscriptionFigures(long Cursor, long? Confirmed, long Head, long LagBytes)
{
    /// <summary>Messages that are looked at: the topic's lock is held meanwhile.</summary>
    private const int MostCounted = 4096;

    /// <summary>Messages that it is to be sent yet, what is not there any more included.</summary>
    public long Lag => Math.Max(0, Head - Cursor);

    /// <summary>Those of a subscription now. Thread-safe; takes the topic's lock.</summary>
    public static SubscriptionFigures Of(Subscription member)
    {
        lock (member.Topic)
        {
            long head = member.Topic.Head;
            long cursor = Math.Min(member.Cursor, head);
            long? confirmed = member.Arrived is var arrived && arrived == long.MaxValue ? null : Math.Min(member.Confirmed, cursor);
            long bytes = 0;
            long offset = cursor;
            for (int i = 0; i < MostCounted && member.Topic.Messages?.Publications.TryNext(ref offset, out Publication? publication) is true; i++, offset++)
                bytes += publication.Cost;
            return new SubscriptionFigures(cursor, confirmed, head, bytes);
        }
    }
}
