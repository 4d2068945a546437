namespace Keker.Server.Broker.Topics;

/// <summary>The members a flush pass visits: those present when it began; who leaves meanwhile turns null or refuses to be sent to.</summary>
/// <remarks>Valid until the topic ends the pass. Reading is safe on any number of threads.</remarks>
internal readonly struct MemberSnapshot(Subscription? first, Subscription?[][] segments, int count)
{
    /// <summary>Slots to visit, holes included.</summary>
    public int Count { get; } = count;

    public Subscription? this[int index] =>
        index > 0 ? segments[index / MemberTable.SegmentSize][index % MemberTable.SegmentSize] : first is { HasLeft: false } ? first : null;
}
