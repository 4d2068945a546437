using Keker.Server.Broker.Log;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Cache;

/// <summary>
/// What the publishers of a topic have it keep for whoever subscribes while it is good: with a time of its own, and of each key the newest. Each has the
/// offset that it has in the log, and stays when it has left that.
/// </summary>
/// <remarks>Not thread-safe: the topic's lock guards it. There is one from the first such message on.</remarks>
/// <param name="topic">The topic.</param>
/// <param name="first">Where the first that is kept stands: before it nothing was.</param>
/// <param name="context">What all topics share.</param>
internal sealed class KeptMessages(Topic topic, long first, BrokerContext context)
{
    private readonly PublicationRing _kept = new();
    private readonly EntryList _entries = new(context.CacheLedger);
    private long _unkeptBefore = first;

    /// <summary>The messages. Only to be read.</summary>
    public PublicationRing Publications => _kept;

    public bool IsEmpty => _kept.IsEmpty;

    /// <summary>Bytes of their payloads.</summary>
    public long Bytes => _entries.Bytes;

    /// <summary>The oldest; null when there is none.</summary>
    public CacheEntry? Oldest => _entries.Oldest;

    /// <summary>The offset of the first; after all there are when there is none.</summary>
    public long First => Oldest?.Offset ?? long.MaxValue;

    /// <summary>The offset after the last one that was kept, or was to be, and went for want of room.</summary>
    public long LostBefore { get; private set; }

    /// <summary>A message of the topic is not kept: a newcomer does not get it.</summary>
    public void NoteUnkept(long offset) => _unkeptBefore = offset + 1;

    /// <summary>A message that was to be kept is not, for want of room.</summary>
    public void NoteLost(long offset) => LostBefore = Math.Max(LostBefore, offset + 1);

    /// <summary>Keeps a message that the log has got.</summary>
    public void Add(long offset, Publication publication, byte[]? collapseKey)
    {
        _kept.Append(publication, offset, Math.Max(_unkeptBefore, LostBefore));
        _entries.Add(new CacheEntry(topic, offset, publication, publication.ExpiresAt, collapseKey, isKept: true));
        context.Memory.Add(publication.Cost);
    }

    /// <summary>Whether an entry is one of these.</summary>
    public bool Has(CacheEntry entry) => entry.List == _entries;

    /// <summary>Whether a message of the log is kept.</summary>
    public bool Has(long offset)
    {
        long found = offset;
        return _kept.TryNext(ref found, out _) && found == offset;
    }

    /// <summary>A message with a key has come: the earlier one goes.</summary>
    public void Collapse(byte[] key)
    {
        if (_entries.Find(key) is { } replaced)
            Drop(replaced, isLost: false);
    }

    /// <summary>Lets go of one.</summary>
    /// <param name="entry">The message.</param>
    /// <param name="isLost">True where somebody may miss it; false where its publisher wants it gone.</param>
    public void Drop(CacheEntry entry, bool isLost)
    {
        _entries.Remove(entry);
        context.Memory.Remove(_kept.Remove(entry.Offset, isLost));
        if (isLost)
            NoteLost(entry.Offset);
    }

    /// <summary>Those whose time is up go, and do not wait for the heartbeat: somebody comes who is to be sent the others.</summary>
    public void DropExpired()
    {
        long now = context.Clock.Now;
        for (CacheEntry? entry = _entries.Oldest; entry is not null;)
        {
            CacheEntry? next = entry.Newer;
            if (entry.ExpiresAt <= now)
                Drop(entry, isLost: false);
            entry = next;
        }
    }
}
