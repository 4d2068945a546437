using Keker.Server.Broker.Log;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Cache;

/// <summary>
/// What of a topic's log waits for an absent recipient, in the order of acceptance, what is kept for newcomers, and what its publisher has given a time or a
/// key. What expires or is replaced leaves an empty place in the log.
/// </summary>
/// <remarks>Not thread-safe: the topic's lock guards it. There is one only once it is needed.</remarks>
/// <param name="topic">The topic.</param>
/// <param name="log">Its messages.</param>
/// <param name="context">What all topics share.</param>
internal sealed class TopicCache(Topic topic, PublicationRing log, BrokerContext context)
{
    private readonly EntryList _waiting = new(context.CacheLedger);
    private Dictionary<byte[], long>? _awayByKey;

    /// <summary>What is kept for newcomers; null while nothing ever was.</summary>
    public KeptMessages? Kept { get; private set; }

    /// <summary>What waits costs so much in the log, in bytes.</summary>
    public long Cost => _waiting.Cost;

    /// <summary>Bytes of the payloads of what waits.</summary>
    public long Bytes => _waiting.Bytes;

    /// <summary>Messages that wait, at most so many: they are counted one by one.</summary>
    public int CountWaiting(int most)
    {
        int count = 0;
        for (CacheEntry? entry = _waiting.Oldest; entry is not null && count < most; entry = entry.Newer)
            count++;
        return count;
    }

    /// <summary>True when nothing has to be known of any message.</summary>
    public bool IsUnused => Kept is null && !HasTimed;

    /// <summary>False when no message there is has a time of its own.</summary>
    public bool HasTimed { get; private set; }

    /// <summary>True when nothing waits.</summary>
    public bool IsEmpty => _waiting.Oldest is null;

    /// <summary>The offset of the oldest one that waits; where the log ends when there is none.</summary>
    public long Oldest => _waiting.Oldest?.Offset ?? log.Head;

    /// <summary>Drops the oldest until a payload fits beside what waits and what is kept.</summary>
    public void MakeRoomFor(Publication publication)
    {
        while (OldestOfAll is { } oldest && _waiting.Bytes + (Kept?.Bytes ?? 0) + publication.Payload.Length > context.Limits.CacheSize)
            Drop(oldest, isLost: true);
    }

    /// <summary>The log has got a message for members that are there: newcomers get it too, where its publisher wants that.</summary>
    public void Appended(long offset, Publication publication, PublishTerms? terms)
    {
        if (terms?.CollapseKey is { } key)
            Kept?.Collapse(key);
        if (!IsForNewcomers(terms))
            return;
        if (context.CacheLedger.IsCacheable(publication))
            Keep(offset, publication, terms);
        else
            Kept?.NoteLost(offset);
    }

    /// <summary>Keeps a message for whoever subscribes while its time runs.</summary>
    public void Keep(long offset, Publication publication, PublishTerms? terms)
    {
        MakeRoomFor(publication);
        (Kept ??= new KeptMessages(topic, offset, context)).Add(offset, publication, terms?.CollapseKey);
    }

    /// <summary>Whether the publisher of a message says how long the topic keeps it for newcomers. What is for a token is for its sessions only.</summary>
    public bool IsForNewcomers(PublishTerms? terms) => topic.Kind == TopicKind.Named && terms?.TimeToLive > TimeSpan.Zero;

    /// <summary>There is a message now that has a time of its own.</summary>
    public void NoteTimed() => HasTimed = true;

    /// <summary>A message with a key came while its recipient was away.</summary>
    public void NoteAway(byte[] collapseKey, long offset) => (_awayByKey ??= new(TokenComparer.Instance))[collapseKey] = offset;

    /// <summary>A message with a key has come while nobody is there: the earlier one goes that waits, is kept, or was published while its recipient was away.</summary>
    public void Collapse(byte[] key)
    {
        Kept?.Collapse(key);
        if (_waiting.Find(key) is { } replaced)
            Drop(replaced, isLost: false);
        if (_awayByKey is not null && _awayByKey.Remove(key, out long offset))
            Drop(offset, isLost: false);
    }

    /// <summary>Nobody is there: messages go whose own time is up, but for those that wait.</summary>
    /// <param name="confirmedTo">Somebody has had what is before this offset.</param>
    public void DropExpired(long confirmedTo)
    {
        foreach (long offset in ExpiredFrom(log.Tail))
        {
            if (offset >= Oldest)
                break;
            long found = offset;
            if (offset >= confirmedTo && topic.Kind != TopicKind.Named && log.TryNext(ref found, out Publication? publication))
                NoteExpired(publication);
            Drop(offset, isLost: false);
        }
        HasTimed = !log.IsEmpty;
    }

    /// <summary>The messages from an offset on whose own time is up.</summary>
    public long[] ExpiredFrom(long start)
    {
        if (!HasTimed)
            return [];
        long now = context.Clock.Now;
        List<long> expired = [];
        for (long offset = start; log.TryNext(ref offset, out Publication? publication); offset++)
        {
            if (publication.HasOwnTime && publication.ExpiresAt <= now)
                expired.Add(offset);
        }
        return [.. expired];
    }

    /// <summary>What is kept begins to wait, for a recipient who is absent by now: as much as still has time of its own.</summary>
    /// <param name="from">The first that nobody has had.</param>
    public void LetWait(long from)
    {
        long now = context.Clock.Now;
        for (long offset = from; log.TryNext(ref offset, out Publication? publication); offset++)
        {
            if (Kept?.Has(offset) is true)
                continue;
            long expiresAt = publication.HasOwnTime ? publication.ExpiresAt : publication.AcceptedAt + (long)context.Limits.Cache.TotalMilliseconds;
            if (expiresAt > now)
            {
                MakeRoomFor(publication);
                Add(offset, publication, expiresAt, KeyOf(offset));
                continue;
            }
            NoteExpired(publication);
            Drop(offset, isLost: !publication.HasOwnTime);
        }
        _awayByKey = null;
    }

    /// <summary>A publication of the log waits from now on.</summary>
    /// <param name="offset">Where it is; after all that wait.</param>
    /// <param name="publication">The message.</param>
    /// <param name="expiresAt">When its time is up, in milliseconds of the clock.</param>
    /// <param name="collapseKey">A later message with this key replaces it; null for none.</param>
    public void Add(long offset, Publication publication, long expiresAt, byte[]? collapseKey) =>
        _waiting.Add(new CacheEntry(topic, offset, publication, expiresAt, collapseKey));

    /// <summary>Lets go of a publication that waits or is kept; nothing where it is neither any more.</summary>
    /// <param name="entry">The publication.</param>
    /// <param name="isLost">True where somebody may miss it; false where its publisher wants it gone.</param>
    public void Drop(CacheEntry entry, bool isLost)
    {
        if (Kept?.Has(entry) is true)
        {
            Kept.Drop(entry, isLost);
        }
        else if (entry.List is not null)
        {
            _waiting.Remove(entry);
            context.Memory.Remove(log.Remove(entry.Offset, isLost));
        }
    }

    /// <summary>Lets go of a publication whose time is up.</summary>
    /// <param name="entry">The publication.</param>
    /// <param name="confirmedTo">Somebody has had what is before this offset.</param>
    public void Expire(CacheEntry entry, long confirmedTo)
    {
        bool isKept = Kept?.Has(entry) is true;
        if (entry.List is not null && !(isKept && entry.Offset < confirmedTo))
            NoteExpired(entry.Publication);
        Drop(entry, isLost: !entry.Publication.HasOwnTime);
    }

    /// <summary>Somebody is there to read: nothing waits any more, and what has expired goes.</summary>
    /// <returns>The offset of the first; where the log ends when there is none.</returns>
    public long Take()
    {
        _awayByKey = null;
        long now = context.Clock.Now;
        long first = log.Head;
        while (_waiting.Oldest is { } entry)
        {
            if (entry.ExpiresAt <= now)
            {
                Expire(entry, confirmedTo: 0);
                continue;
            }
            _waiting.Remove(entry);
            entry.Publication.AcceptedAt = now;
            first = Math.Min(first, entry.Offset);
        }
        return first;
    }

    private void NoteExpired(Publication publication)
    {
        context.Counters.Expired.Increment();
        if (publication.HasOwnTime)
            context.Presence?.Expired(topic, publication);
    }

    private byte[]? KeyOf(long offset) => _awayByKey?.FirstOrDefault(pair => pair.Value == offset).Key;

    /// <summary>Lets go of a message that nobody is to get any more; nothing where it has gone.</summary>
    private void Drop(long offset, bool isLost)
    {
        long found = offset;
        if (log.TryNext(ref found, out _) && found == offset)
            context.Memory.Remove(log.Remove(offset, isLost));
    }

    private CacheEntry? OldestOfAll => (_waiting.Oldest, Kept?.Oldest) switch
    {
        ({ } waiting, { } kept) => waiting.Offset < kept.Offset ? waiting : kept,
        var (waiting, kept) => waiting ?? kept,
    };
}
