namespace Keker.Server.Broker.Log;

/// <summary>How far the sessions of one topic had confirmed whose connections broke, each for the time of the cache.</summary>
/// <remarks>
/// Not thread-safe: the topic's lock guards it. All operations are O(1) on average, because a whole crowd may break within one second, and
/// come back in the next.
/// </remarks>
/// <param name="comparer">Compares tokens.</param>
internal sealed class BrokenPositions(IEqualityComparer<byte[]> comparer)
{
    /// <summary>Positions kept for one topic, beyond which the oldest have to go: with about 250 bytes each they take 16 MiB at the most.</summary>
    public const int Most = 65_536;

    private readonly Queue<BrokenPosition> _byAge = new();
    private readonly Dictionary<byte[], OffsetWindow> _byToken = new(comparer);
    private readonly OffsetWindow _all = new();
    private long _removed;

    public int Count => _byAge.Count;

    /// <summary>True when there is no room for another one.</summary>
    public bool IsFull => _byAge.Count == Most;

    /// <summary>The lowest offset of all; after all there is when there is none.</summary>
    public long Oldest => _all.Lowest;

    /// <summary>The lowest offset of one token; after all there is when there is none.</summary>
    public long OldestOf(byte[] token) => _byToken.TryGetValue(token, out OffsetWindow? window) ? window.Lowest : long.MaxValue;

    /// <summary>Adds a position that does not expire before those that are there. There has to be room.</summary>
    public void Add(BrokenPosition position)
    {
        long number = _removed + _byAge.Count;
        _byAge.Enqueue(position);
        _all.Add(number, position.Offset);
        if (!_byToken.TryGetValue(position.Token, out OffsetWindow? window))
            _byToken.Add(position.Token, window = new OffsetWindow());
        window.Add(number, position.Offset);
    }

    /// <summary>Forgets for whom nobody came back in time.</summary>
    public void DropExpired(long now)
    {
        while (_byAge.TryPeek(out BrokenPosition oldest) && oldest.ExpiresAt <= now)
            RemoveOldest();
    }

    /// <summary>Takes out the position that was added first.</summary>
    public BrokenPosition RemoveOldest()
    {
        BrokenPosition position = _byAge.Dequeue();
        long number = _removed++;
        _all.RemoveUpTo(number);
        OffsetWindow window = _byToken[position.Token];
        window.RemoveUpTo(number);
        if (window.IsEmpty)
            _byToken.Remove(position.Token);
        return position;
    }
}
