using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Cache;

/// <summary>Messages of one topic, the oldest first, and the newest of each key. Each is in the ledger as well.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it.</remarks>
/// <param name="ledger">Knows the messages of all topics by age.</param>
internal sealed class EntryList(CacheLedger ledger)
{
    private CacheEntry? _newest;
    private Dictionary<byte[], CacheEntry>? _byKey;

    /// <summary>The oldest; null when there is none.</summary>
    public CacheEntry? Oldest { get; private set; }

    /// <summary>Bytes of all payloads.</summary>
    public long Bytes { get; private set; }

    /// <summary>What they cost in the log, in bytes.</summary>
    public long Cost { get; private set; }

    /// <summary>The one with a key; null when there is none.</summary>
    public CacheEntry? Find(byte[] collapseKey) => _byKey?.GetValueOrDefault(collapseKey);

    /// <summary>Adds one whose offset is after those of all others.</summary>
    public void Add(CacheEntry entry)
    {
        Bytes += entry.Publication.Payload.Length;
        Cost += entry.Publication.Cost;
        entry.List = this;
        entry.Older = _newest;
        if (_newest is null)
            Oldest = entry;
        else
            _newest.Newer = entry;
        _newest = entry;
        if (entry.CollapseKey is { } key)
            (_byKey ??= new(TokenComparer.Instance))[key] = entry;
        ledger.Add(entry);
    }

    /// <summary>Takes one out that is in it.</summary>
    public void Remove(CacheEntry entry)
    {
        Bytes -= entry.Publication.Payload.Length;
        Cost -= entry.Publication.Cost;
        entry.List = null;
        if (entry.Older is null)
            Oldest = entry.Newer;
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
