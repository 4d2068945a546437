namespace Keker.Server.Broker.Cache;

/// <summary>
/// What of a topic's log waits for an absent recipient, in the order of acceptance. What expires or is replaced meanwhile leaves an empty place in the log.
/// </summary>
/// <remarks>Not thread-safe: the topic's lock guards it. There is one only while something waits.</remarks>
internal sealed class TopicCache(CacheLedger ledger)
{
    private CacheEntry? _oldest;
    private CacheEntry? _newest;
    private Dictionary<byte[], CacheEntry>? _byKey;
    private long _bytes;

    /// <summary>What it costs in the log, in bytes.</summary>
    public long Cost { get; private set; }

    public bool IsEmpty => _oldest is null;

    /// <summary>The oldest one; there has to be one.</summary>
    public CacheEntry Oldest => _oldest!;

    /// <summary>Whether the payload fits beside what waits already.</summary>
    public bool HasRoomFor(Publication publication, long mostBytes) => _bytes + publication.Payload.Length <= mostBytes;

    /// <summary>The one that a message with this key replaces, or null.</summary>
    public CacheEntry? Find(byte[] collapseKey) => _byKey?.GetValueOrDefault(collapseKey);

    public void Add(CacheEntry entry)
    {
        _bytes += entry.Publication.Payload.Length;
        Cost += entry.Publication.Cost;
        entry.IsWaiting = true;
        entry.Older = _newest;
        if (_newest is null)
            _oldest = entry;
        else
            _newest.Newer = entry;
        _newest = entry;
        if (entry.CollapseKey is { } key)
            (_byKey ??= new(TokenComparer.Instance))[key] = entry;
    }

    /// <summary>Takes out an entry that waits, and has the ledger forget it.</summary>
    public void Remove(CacheEntry entry)
    {
        _bytes -= entry.Publication.Payload.Length;
        Cost -= entry.Publication.Cost;
        entry.IsWaiting = false;
        if (entry.Older is null)
            _oldest = entry.Newer;
        else
            entry.Older.Newer = entry.Newer;
        if (entry.Newer is null)
            _newest = entry.Older;
        else
            entry.Newer.Older = entry.Older;
        if (entry.CollapseKey is { } key)
            _byKey!.Remove(key);
        ledger.Remove(entry);
    }
}
