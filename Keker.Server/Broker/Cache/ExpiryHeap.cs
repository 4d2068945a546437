namespace Keker.Server.Broker.Cache;

/// <summary>Cache entries by the time at which they expire: a binary heap that can also remove from its middle, O(log n).</summary>
/// <remarks>Not thread-safe: the ledger's lock guards it.</remarks>
internal sealed class ExpiryHeap
{
    private readonly List<CacheEntry> _entries = [];

    /// <summary>The one that expires first, or null.</summary>
    public CacheEntry? First => _entries.Count > 0 ? _entries[0] : null;

    public void Add(CacheEntry entry)
    {
        _entries.Add(entry);
        Rise(_entries.Count - 1, entry);
    }

    /// <summary>Takes out an entry that is in it.</summary>
    public void Remove(CacheEntry entry)
    {
        int hole = entry.HeapIndex;
        CacheEntry last = _entries[^1];
        _entries.RemoveAt(_entries.Count - 1);
        if (last == entry)
            return;
        if (hole > 0 && last.ExpiresAt < _entries[Parent(hole)].ExpiresAt)
            Rise(hole, last);
        else
            Sink(hole, last);
    }

    private static int Parent(int index) => (index - 1) / 2;

    private void Rise(int hole, CacheEntry entry)
    {
        while (hole > 0 && entry.ExpiresAt < _entries[Parent(hole)].ExpiresAt)
        {
            Place(hole, _entries[Parent(hole)]);
            hole = Parent(hole);
        }
        Place(hole, entry);
    }

    private void Sink(int hole, CacheEntry entry)
    {
        while (2 * hole + 1 < _entries.Count)
        {
            int child = 2 * hole + 1;
            if (child + 1 < _entries.Count && _entries[child + 1].ExpiresAt < _entries[child].ExpiresAt)
                child++;
            if (entry.ExpiresAt <= _entries[child].ExpiresAt)
                break;
            Place(hole, _entries[child]);
            hole = child;
        }
        Place(hole, entry);
    }

    private void Place(int index, CacheEntry entry)
    {
        _entries[index] = entry;
        entry.HeapIndex = index;
    }
}
