namespace Keker.Server.Broker;

/// <summary>Which publications of one topic wait for an absent recipient; the publications themselves are in the topic's log.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it. There is one only while something waits.</remarks>
internal sealed class TopicCache(CacheLedger ledger)
{
    private readonly Queue<CacheEntry> _entries = new(1);
    private long _bytes;

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Offset of the oldest one; there has to be one.</summary>
    public long OldestOffset => _entries.Peek().Offset;

    /// <summary>Whether the payload fits beside what waits already.</summary>
    public bool HasRoomFor(Publication publication, long mostBytes) => _bytes + publication.Payload.Length <= mostBytes;

    public void Add(Topic topic, Publication publication, long offset)
    {
        _bytes += publication.Payload.Length;
        _entries.Enqueue(ledger.Add(topic, publication, offset));
    }

    public void DropOldest()
    {
        CacheEntry entry = _entries.Dequeue();
        _bytes -= entry.Publication.Payload.Length;
        ledger.Remove(entry);
    }

    /// <summary>Hands everything over to the first session.</summary>
    /// <param name="now">What has expired by then is not handed over.</param>
    /// <returns>Offset of the oldest one that has not expired, or null.</returns>
    public long? TakeAll(long now)
    {
        long? first = null;
        foreach (CacheEntry entry in _entries)
        {
            if (entry.ExpiresAt > now)
                first ??= entry.Offset;
            ledger.Remove(entry);
        }
        _entries.Clear();
        _bytes = 0;
        return first;
    }
}
