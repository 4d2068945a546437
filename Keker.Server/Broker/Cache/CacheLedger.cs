namespace Keker.Server.Broker.Cache;

/// <summary>
/// Every cached publication of every topic in the order of acceptance: what bounds the cache in all and what the heartbeat visits, instead of a
/// scan of topics or a timer a message. Those that live as long as the cache says expire in the same order; those with a time of their own are
/// kept apart, in a heap, and so are those that begin to wait late.
/// </summary>
/// <remarks>Thread-safe. Its lock is the innermost one: taken under a topic's lock, and nothing is called while it is held.</remarks>
internal sealed class CacheLedger(BrokerContext context)
{
    /// <summary>What an entry costs beside its frame, its topic and place in the table included: a flood of random tokens is bounded too.</summary>
    private const int EntryOverhead = 768;

    private readonly Lock _lock = new();
    private readonly LinkedList<CacheEntry> _ordinary = new();
    private readonly LinkedList<CacheEntry> _timed = new();
    private readonly ExpiryHeap _expiry = new();
    private long _bytes;
    private long _keptBytes;
    private long _accepted;

    /// <summary>Cached bytes now, overhead included.</summary>
    public long Bytes
    {
        get { lock (_lock) return _bytes; }
    }

    /// <summary>Those of them that are kept for newcomers; the others wait.</summary>
    public long KeptBytes
    {
        get { lock (_lock) return _keptBytes; }
    }

    /// <summary>Cached publications now.</summary>
    public int Count
    {
        get { lock (_lock) return _ordinary.Count + _timed.Count; }
    }

    /// <summary>Enters a publication. Those that live as long as the cache says come in the order in which they expire.</summary>
    public void Add(CacheEntry entry)
    {
        lock (_lock)
        {
            entry.Number = _accepted++;
            bool isOrdinary = !entry.Publication.HasOwnTime && entry.ExpiresAt >= (_ordinary.Last?.Value.ExpiresAt ?? 0);
            entry.Node = (isOrdinary ? _ordinary : _timed).AddLast(entry);
            if (!isOrdinary)
                _expiry.Add(entry);
            Tally(entry, Cost(entry));
        }
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
        while (RemoveNext(static ledger => ledger._bytes > ledger.MostBytes ? ledger.Oldest : null) is { } entry)
            entry.Topic.DropCached(entry, isExpired: false);
    }

    /// <summary>Drops what has expired. Called with no lock held.</summary>
    public void DropExpired()
    {
        while (RemoveNext(static ledger => ledger.Expired) is { } entry)
            entry.Topic.DropCached(entry, isExpired: true);
    }

    /// <summary>Whether a message is small enough to be kept, were it alone.</summary>
    public bool IsCacheable(Publication publication) =>
        publication.Payload.Length <= context.Limits.CacheSize && publication.Cost + EntryOverhead <= MostBytes;

    private long MostBytes => context.Limits.CacheMemory;

    private CacheEntry? Oldest => (_ordinary.First?.Value, _timed.First?.Value) switch
    {
        ({ } ordinary, { } timed) => ordinary.Number < timed.Number ? ordinary : timed,
        var (ordinary, timed) => ordinary ?? timed,
    };

    private CacheEntry? Expired
    {
        get
        {
            long now = context.Clock.Now;
            if (_ordinary.First?.Value is { } ordinary && ordinary.ExpiresAt <= now)
                return ordinary;
            return _expiry.First is { } timed && timed.ExpiresAt <= now ? timed : null;
        }
    }

    private CacheEntry? RemoveNext(Func<CacheLedger, CacheEntry?> choose)
    {
        lock (_lock)
        {
            CacheEntry? entry = choose(this);
            if (entry is not null)
                Unlink(entry);
            return entry;
        }
    }

    private void Unlink(CacheEntry entry)
    {
        if (entry.Node is not { } node)
            return;
        if (node.List == _timed)
            _expiry.Remove(entry);
        node.List!.Remove(node);
        entry.Node = null;
        Tally(entry, -Cost(entry));
    }

    private void Tally(CacheEntry entry, long bytes)
    {
        _bytes += bytes;
        _keptBytes += entry.IsKept ? bytes : 0;
    }

    private static long Cost(CacheEntry entry) => entry.Publication.Cost + EntryOverhead;
}
