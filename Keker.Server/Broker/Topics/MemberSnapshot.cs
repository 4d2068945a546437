namespace Keker.Server.Broker.Topics;

/// <summary>The members a flush pass visits: those present when it began; who leaves meanwhile turns null or refuses to be sent to.</summary>
/// <remarks>Valid until the topic ends the pass. Reading is safe on any number of threads.</remarks>
internal readonly struct MemberSnapshot(Subscription? first, Subscription?[][] segments, int count)
{
    /// <summary>Slots to visit, holes included.</summary>
    public int Count { get; } = count;

    /// <summary>The member in a slot; null for a hole. A segment may have been replaced by a larger one since: then only the member tells that it has left.</summary>
    public Subscription? this[int index]
    {
        get
        {
            Subscription? member = index > 0 ? segments[index / MemberTable.SegmentSize][index % MemberTable.SegmentSize] : first;
            return member is { HasLeft: false } ? member : null;
        }
    }
}
