using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Log;

/// <summary>
/// The log of one topic and what is kept in it: what members have yet to be sent, what waits for an absent recipient, and what was sent but is
/// not confirmed.
/// </summary>
/// <remarks>Not thread-safe: the topic's lock guards it; <see cref="Head"/>, <see cref="Tail"/> and <see cref="FlushedOffset"/> may be read without it as hints.</remarks>
internal sealed class TopicLog(Topic topic, BrokerContext context)
{
    private readonly PublicationRing _log = new();
    private TopicCache? _cache;
    private Retention? _retention;
    private PublisherRoom _room;
    private SentShare _share;
    private long _handedOver;
    private long _largeUpTo;
    private readonly RecentLengths? _lengths = topic.Kind == TopicKind.Broadcast ? new() : null;
    private Skips? _skips;
    private long _confirmedTo;

    /// <summary>The messages. Only to be read.</summary>
    public PublicationRing Publications => _log;

    public long Head => _log.Head;
    public long Tail => _log.Tail;

    /// <summary>Sum of the costs of all publications ever appended, in bytes.</summary>
    public long HeadPosition => _log.HeadPosition;

    /// <inheritdoc cref="PublisherRoom.FlushedOffset"/>
    public long FlushedOffset => _room.FlushedOffset;

    /// <summary>True when something that takes long to deflate has yet to be flushed. A hint without the lock.</summary>
    public bool HasLarge => Volatile.Read(ref _largeUpTo) > FlushedOffset;

    /// <summary>True when nothing is kept for anybody, now or to come.</summary>
    public bool IsUnused => _log.IsEmpty && Kept is null or { IsEmpty: true } && _retention is null && !_room.IsAnyWaiting;

    /// <summary>Room: how far publishers may be ahead of the last completed pass. Blocked members never count.</summary>
    public bool HasRoom => _log.HeadPosition - _room.FlushedPosition < context.Limits.Lag / 2;

    /// <summary>How far sessions that broke had confirmed; made when it is first needed.</summary>
    public BrokenPositions Broken => (_retention ??= new Retention()).Broken ??= new BrokenPositions(topic, context.Breaks);

    /// <summary>What waits, and what is kept for newcomers; null while nothing ever was. Only to be read.</summary>
    public TopicCache? Waiting => _cache;
    public KeptMessages? Kept => _cache?.Kept;

    /// <summary>The first offset at which there may be a message, kept for newcomers or not.</summary>
    public long Oldest => Math.Min(_log.Tail, Kept?.First ?? long.MaxValue);

    /// <summary>True while a broken position holds: its client is away, not absent.</summary>
    public bool HasBroken => _retention is { HasBroken: true };

    /// <summary>Appends a message.</summary>
    public long Append(Publication publication, PublishTerms? terms = null)
    {
        long offset = Enter(publication, terms, _room.Appended(context.Clock.Timestamp));
        if (terms is not null && topic.Kind == TopicKind.Named)
            Cache.Appended(offset, publication, terms);
        return offset;
    }

    private long Enter(Publication publication, PublishTerms? terms, long moment)
    {
        publication.Accept(context.Clock.At(moment), terms?.TimeToLive);
        if (publication.HasOwnTime)
            Cache.NoteTimed();
        context.Memory.Add(publication.Cost);
        long offset = _log.Append(publication);
        if (Kept is { } kept && !Cache.IsForNewcomers(terms))
            kept.NoteUnkept(offset);
        _lengths?.Add(offset, publication.Payload.Length);
        if (publication.Payload.Length > BrokerLimits.MostBytesToDeflateInline)
            Volatile.Write(ref _largeUpTo, offset + 1);
        return offset;
    }

    /// <summary>
    /// Keeps a message that nobody is there for. Where a broken position holds, it is kept as long as that does; else it waits, within the limit for one topic,
    /// oldest dropped first. Its offset stays, whatever becomes of others.
    /// </summary>
    /// <returns>False when it is not kept: it is too large, or has no time.</returns>
    public bool TryKeep(Publication publication, PublishTerms? terms)
    {
        if (terms?.CollapseKey is { } replacing)
            _cache?.Collapse(replacing);
        TimeSpan time = terms?.TimeToLive ?? (HasBroken ? context.Limits.Resume : context.Limits.Cache);
        if (time <= TimeSpan.Zero || !context.CacheLedger.IsCacheable(publication))
            return false;
        bool waits = !HasBroken && !Cache.IsForNewcomers(terms);
        if (waits)
            Cache.MakeRoomFor(publication);
        long offset = Enter(publication, terms, context.Clock.Timestamp);
        if (waits)
            Cache.Add(offset, publication, publication.AcceptedAt + (long)time.TotalMilliseconds, terms?.CollapseKey);
        else if (terms?.CollapseKey is { } key)
            Cache.NoteAway(key, offset);
        if (Cache.IsForNewcomers(terms))
            Cache.Keep(offset, publication, terms);

        // Nobody is there who would have to be sent it: it takes nothing of the room that publishers have.
        Flushed(_log.Head, _log.HeadPosition)?.Release();
        _share.SentTo(_log.HeadPosition);
        return true;
    }

    /// <inheritdoc cref="Topic.DropCached"/>
    public void DropCached(CacheEntry entry, bool isExpired)
    {
        if (isExpired)
            _cache?.Expire(entry, _confirmedTo);
        else
            _cache?.Drop(entry, isLost: true);
    }

    /// <summary>A session joins: nothing waits any more.</summary>
    /// <param name="isAlone">Nobody else is there: messages whose time is up go for good.</param>
    /// <returns>Where it begins, unless it has a claim to more: with what waited, or behind all there is.</returns>
    public long Open(bool isAlone)
    {
        if (_cache is null)
            return _log.Head;
        if (isAlone)
            _cache.DropExpired(_confirmedTo);
        long start = _cache.Take();
        if (_cache.IsUnused)
            _cache = null;
        return start;
    }

    /// <summary>Where a client begins that may have been away: see <see cref="BrokenPositions"/>.</summary>
    public long StartOf(ClientKey client, long start) =>
        Math.Max(_log.Tail, Math.Min(start, HasBroken ? Broken.StartOf(client) : long.MaxValue));

    /// <summary>A member has answered a ping.</summary>
    public void NoteConfirmed(Subscription member)
    {
        if (member.HasStartOffset)
            _confirmedTo = Math.Max(_confirmedTo, Math.Min(member.Confirmed, _log.Head));
        _retention?.Broken?.Acquit(member);
    }

    /// <summary>A member ends, and nothing is kept for it.</summary>
    public long Forget(Subscription member)
    {
        NoteConfirmed(member);
        _retention?.Broken?.Forget(member);
        return long.MaxValue;
    }

    /// <summary>Where a member begins that had to wait for it; what has left the log meanwhile it does not get.</summary>
    /// <param name="member">The member; at its cursor it would have begun.</param>
    /// <param name="start">Where it is to begin, as far as that is there.</param>
    public long RetainLateStart(Subscription member, long start)
    {
        // Whose messages have ids is told what it has missed, from the id on that it was told at first.
        if (member.Session.Variant == Variant.Tagged && member.Cursor < _log.Tail)
            return RetainStart(member.Cursor);

        // What of it sessions that broke had not confirmed is counted with them.
        if (member.IsRetained && !member.HasLeft && member.Cursor < _log.Tail)
            context.Counters.UnconfirmedLost.Add(_log.Tail - member.Cursor);
        return RetainStart(Math.Max(start, _log.Tail));
    }

    /// <summary>A member begins at an offset that is in the log: from there on all is kept for it.</summary>
    public long RetainStart(long start)
    {
        _retention?.RetainFrom(start);

        // What was kept comes on top of what it may lag, or the next publish could cut it off before it got anything.
        if (start < _log.Head)
            _handedOver = _log.Bytes;
        return start;
    }

    /// <summary>Keeps what a session that broke had not confirmed, and what comes, while its position holds.</summary>
    /// <param name="member">The session in the topic.</param>
    /// <param name="refused">A message that its client cannot take, as its end tells: what came before that, it has had. Null for none.</param>
    /// <returns>The offset from which on it is all there.</returns>
    public long RetainFrom(Subscription member, Refused? refused)
    {
        long confirmed = Math.Max(member.LiveFrom, (refused is null ? null : Skips.Note(ref _skips, refused, Oldest, context)) ?? member.Confirmed);
        if (confirmed < _log.Tail)
            context.Counters.UnconfirmedLost.Add(_log.Tail - confirmed);
        if (member.HasStartOffset)
            _confirmedTo = Math.Max(_confirmedTo, confirmed);
        long from = Math.Max(confirmed, _log.Tail);
        long now = context.Clock.Now;
        Broken.Break(member, from, Math.Clamp(member.NeededFrom(now), _log.Tail, from), now + (long)context.Limits.Resume.TotalMilliseconds);
        return from;
    }

    /// <summary>A broken position ends. Where it was the last and nobody is there, what nobody has confirmed waits from now on, as long as its own time runs.</summary>
    /// <param name="position">The position.</param>
    /// <param name="isOverBound">Its time is not up, but there is no room for what is kept for it.</param>
    /// <param name="isEmpty">Nobody is there.</param>
    public void EndPosition(BrokenPosition position, bool isOverBound, bool isEmpty)
    {
        Broken.End(position);
        if (isOverBound)
            context.Counters.UnconfirmedLost.Add(Math.Max(0, Math.Min(_log.Head, Broken.OldestOf(position.Client)) - Math.Max(_log.Tail, position.Offset)));
        else if (Broken.IsEmpty && isEmpty)
            Cache.LetWait(Math.Max(_log.Tail, _confirmedTo));
    }

    /// <inheritdoc cref="RecentLengths.Longest"/>
    public int LongestOf(long from, long to) => _lengths?.Longest(from, to) ?? 0;

    /// <summary>What a client that begins at an offset is not sent: what it cannot take, and what its time is up of. Null for nothing.</summary>
    public SkippedMessages? SkippedFrom(long start, ClientKey client)
    {
        long[] refused = _skips?.Of(client, Oldest) ?? [];
        return SkippedMessages.Of(refused, _cache?.ExpiredFrom(start) ?? []);
    }

    /// <inheritdoc cref="PublisherRoom.Flushed"/>
    public WaitingPublishers? Flushed(long offset, long position) => _room.Flushed(offset, position);

    /// <inheritdoc cref="PublisherRoom.TakeOldest"/>
    public long TakeOldest() => _room.TakeOldest();

    /// <returns>Completes when a pass has made room, or at once when there is room; null when too many wait already.</returns>
    public Task? WaitForRoom() => HasRoom ? Task.CompletedTask : _room.Wait(context.Limits.MostWaitingPublishers);

    /// <summary>References to the publications from <paramref name="cursor"/> on, as many as fit the batch; false when some have left the log.</summary>
    public bool TryRead(long cursor, long head, Batch batch)
    {
        if (cursor < batch.KeptEnd)
            KeptReading.Read(Kept!, cursor, head, batch, _log.LostBeforeTail);
        else if (cursor < _log.Tail)
            return false;
        else
            _log.Read(cursor, head, batch);
        return true;
    }

    /// <summary>
    /// Lets go of what every member has been sent and has confirmed. Never looks at many members: those behind are counted elsewhere, and all
    /// others stand at or after the end of the last completed pass.
    /// </summary>
    /// <param name="members">The members.</param>
    /// <param name="retained">How many of them have kept for them what they have not confirmed.</param>
    public void Trim(ref MemberTable members, int retained)
    {
        _handedOver = 0;
        long end = members.Count > 0 ? _room.FlushedOffset : _cache?.Oldest ?? _log.Head;
        _share.SentTo(members.Count == 0 ? _log.HeadPosition : _room.FlushedPosition);
        if (retained == 0 && _retention is null)
        {
            context.Memory.Remove(_log.TrimTo(end));
            _share.Gauge(_log, _cache, context);
            return;
        }
        Retention retention = _retention ??= new Retention();
        if (members.Count == 0)
            retention.Unconfirmed = long.MaxValue;
        else if (members.Only is { } only)
            retention.Unconfirmed = only.NeededFrom(context.Clock.Now);
        long needed = members.Count > 0 ? _log.HeadPosition - _room.FlushedPosition : _cache?.Cost ?? 0;
        context.Memory.Remove(retention.Trim(_log, end, needed + _share.Most(_log, _cache, context), context.Counters.UnconfirmedLost));
        _share.Gauge(_log, _cache, context);
        if (members.Count > 0 && !_log.IsEmpty)
            retention.List(context.Retained, topic);
        else if (!retention.IsListed && !retention.HasBroken)
            _retention = null;
        if (_log.IsEmpty && Kept is null or { IsEmpty: true })
            _skips = null;
    }

    /// <summary>
    /// What is too far behind the head goes, and with it whoever still needs it. At full speed the lag is a few milliseconds, in which
    /// the best of readers may not have had the processor: nobody is cut off for less than <see cref="BrokerLimits.LagTime"/>.
    /// </summary>
    public void TrimToLag(long now)
    {
        // What is kept for confirmation is before everybody's cursor: it makes nobody slow, and comes on top.
        long lag = context.Limits.Lag + Math.Max(_handedOver, _retention is null ? 0 : _share.Most(_log, _cache, context));
        long grace = (long)context.Limits.LagTime.TotalMilliseconds;
        long tail = _log.Tail;
        context.Memory.Remove(_log.TrimToSize(lag, now - grace, lag * BrokerLimits.LagTimeFactor));
        _retention?.CountLost(tail, _log.Tail, context.Counters.UnconfirmedLost);
        _share.Gauge(_log, _cache, context);
    }

    /// <summary>Looks what has been confirmed, before a <see cref="Trim"/>.</summary>
    /// <param name="members">The members.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="kept">How long something is kept for a crowd, whose members are not looked at one by one.</param>
    public void FindUnconfirmed(ref MemberTable members, long now, TimeSpan kept) =>
        _retention?.FindUnconfirmed(ref members, _log, _room.FlushedOffset, now, (long)kept.TotalMilliseconds);

    private TopicCache Cache => _cache ??= new TopicCache(topic, _log, context);
}
