namespace Keker.Server.Broker;

/// <summary>
/// Every cached publication of every topic in the order of acceptance, which is also the order of expiry: what bounds the cache
/// in all and what the heartbeat visits, instead of a scan of topics or a timer a message.
/// </summary>
/// <remarks>Thread-safe. Its lock is the innermost one: taken under a topic's lock, and nothing is called while it is held.</remarks>
internal sealed class CacheLedger(BrokerContext context)
{
    /// <summary>What an entry costs beside its frame, its topic and place in the table included: a flood of random tokens is bounded too.</summary>
    private const int EntryOverhead = 768;

    private readonly Lock _lock = new();
    private readonly LinkedList<CacheEntry> _entries = new();
    private long _bytes;

    /// <summary>Cached bytes now, overhead included.</summary>
    public long Bytes
    {
        get { lock (_lock) return _bytes; }
    }

    /// <summary>Cached publications now.</summary>
    public int Count
    {
        get { lock (_lock) return _entries.Count; }
    }

    public CacheEntry Add(Topic topic, Publication publication, long offset)
    {
        var entry = new CacheEntry(topic, publication, offset, context.Clock.Now + (long)context.Limits.Cache.TotalMilliseconds);
        lock (_lock)
        {
            entry.Node = _entries.AddLast(entry);
            _bytes += Cost(entry);
        }
        return entry;
    }

    /// <summary>Forgets an entry; nothing when it was forgotten already.</summary>
    public void Remove(CacheEntry entry)
    {
        lock (_lock)
            Unlink(entry);
    }

    /// <summary>Drops the oldest publications while the cache is over its bound in all. Called with no lock held.</summary>
    public void DropOverBound()
    {
        while (TakeOldest(static (ledger, _) => ledger._bytes > ledger.MostBytes) is { } entry)
            entry.Topic.DropCached(entry);
    }

    /// <summary>Drops what has expired. Called with no lock held.</summary>
    public void DropExpired()
    {
        while (TakeOldest(static (ledger, oldest) => oldest.ExpiresAt <= ledger.Now) is { } entry)
            entry.Topic.DropCached(entry);
    }

    private long MostBytes => context.Limits.CacheMemory;

    private long Now => context.Clock.Now;

    private CacheEntry? TakeOldest(Func<CacheLedger, CacheEntry, bool> isDue)
    {
        lock (_lock)
        {
            CacheEntry? oldest = _entries.First?.Value;
            if (oldest is null || !isDue(this, oldest))
                return null;
            Unlink(oldest);
            return oldest;
        }
    }

    private void Unlink(CacheEntry entry)
    {
        if (entry.Node is null)
            return;
        _entries.Remove(entry.Node);
        entry.Node = null;
        _bytes -= Cost(entry);
    }

    private static long Cost(CacheEntry entry) => entry.Publication.Cost + EntryOverhead;
}
