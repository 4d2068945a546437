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
    private long _flushedOffset;
    private long _flushedPosition;
    private long _handedOver;
    private GaugedBytes _retained;
    private long _retainedEnd;
    private long _largeUpTo;
    private readonly RecentLengths? _lengths = topic.Kind == TopicKind.Broadcast ? new() : null;
    private WaitingPublishers? _waiters;
    private Skips? _skips;

    public long Head => _log.Head;

    public long Tail => _log.Tail;

    /// <summary>Sum of the costs of all publications ever appended, in bytes.</summary>
    public long HeadPosition => _log.HeadPosition;

    public long Bytes => _log.Bytes;

    /// <summary>Where the last completed pass ended: every member that is not behind stands there or after it.</summary>
    public long FlushedOffset => Volatile.Read(ref _flushedOffset);

    /// <summary>True when something that takes long to deflate has yet to be flushed. A hint without the lock.</summary>
    public bool HasLarge => Volatile.Read(ref _largeUpTo) > FlushedOffset;

    /// <summary>True when nothing is kept for anybody, now or to come.</summary>
    public bool IsUnused => _log.IsEmpty && _cache is null && _retention is null && _waiters is null;

    /// <summary>Room: how far publishers may be ahead of the last completed pass. Blocked members never count.</summary>
    public bool HasRoom => _log.HeadPosition - _flushedPosition < context.Limits.Lag / 2;

    public long Append(Publication publication)
    {
        publication.AcceptedAt = context.Clock.Now;
        context.Memory.Add(publication.Cost);
        long offset = _log.Append(publication);
        _lengths?.Add(offset, publication.Payload.Length);
        if (publication.Payload.Length > BrokerLimits.MostBytesToDeflateInline)
            Volatile.Write(ref _largeUpTo, offset + 1);
        return offset;
    }

    /// <summary>Appends for a recipient to come, within the limit for one topic, oldest dropped first. Its offset stays, whatever becomes of others.</summary>
    /// <param name="publication">The message.</param>
    /// <param name="terms">What its publisher asks for.</param>
    public void Cache(Publication publication, PublishTerms? terms)
    {
        Collapse(terms?.CollapseKey);
        _cache ??= new TopicCache(context.CacheLedger);
        while (!_cache.IsEmpty && !_cache.HasRoomFor(publication, context.Limits.CacheSize))
            Drop(_cache.Oldest, isLost: true);
        long offset = Append(publication);
        _cache.Add(context.CacheLedger.Add(topic, offset, publication, terms));

        // Nobody is there who would have to be sent it: it takes nothing of the room that publishers have.
        Flushed(_log.Head, _log.HeadPosition)?.Release();
        _retainedEnd = _log.HeadPosition;
    }

    /// <summary>A message with a key has come: the earlier one that waits goes.</summary>
    public void Collapse(byte[]? key)
    {
        if (key is not null && _cache?.Find(key) is { } replaced)
            DropCached(replaced, isLost: false);
    }

    /// <summary>Lets go of a cached publication; nothing when a HELLO took it meanwhile.</summary>
    /// <param name="entry">The publication.</param>
    /// <param name="isLost">True where somebody may miss it; false where its publisher wants it gone.</param>
    public void DropCached(CacheEntry entry, bool isLost)
    {
        if (!entry.IsWaiting)
            return;
        Drop(entry, isLost);
        if (_cache!.IsEmpty)
            _cache = null;
    }

    /// <summary>Where a new member begins: with what was cached, which is its own then, or with what sessions that broke had not confirmed.</summary>
    /// <param name="token">The token of the member's session.</param>
    public long Join(byte[] token)
    {
        long now = context.Clock.Now;
        long start = TakeCached(now);
        return RetainStart(Math.Max(_log.Tail, Math.Min(start, _retention?.OldestBrokenOf(token, now) ?? start)));
    }

    /// <summary>Where a member goes on that says what it has: what was cached, and what others had not confirmed, comes after that.</summary>
    /// <param name="resume">What it says; gets where it goes on.</param>
    public long Resume(ResumePoint resume)
    {
        TakeCached(context.Clock.Now);
        return RetainStart(resume.Resolve(topic.Epoch, _log.Tail, _log.Head));
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

    /// <summary>Keeps what a session that broke had not confirmed, for the time of the cache.</summary>
    /// <returns>The offset from which on it is all there.</returns>
    public long RetainFrom(long confirmed, byte[] token)
    {
        if (confirmed < _log.Tail)
            context.Counters.UnconfirmedLost.Add(_log.Tail - confirmed);
        long from = Math.Max(confirmed, _log.Tail);
        long now = context.Clock.Now;
        _retention?.DropExpired(now);
        // As long at least as a new session may wait for its start, which goes by it.
        long holds = Math.Max(Predecessors.Patience, (long)context.Limits.Cache.TotalMilliseconds);
        var position = new BrokenPosition(from, now + holds, token);
        Retain().AddBroken(position, _log.Head, context.Counters.UnconfirmedLost);
        return from;
    }

    /// <inheritdoc cref="Candidate.Find"/>
    public Candidate? FindCandidate(Subscription member, ushort clientCode) => Candidate.Find(_log, member, clientCode);

    /// <inheritdoc cref="RecentLengths.Longest"/>
    public int LongestOf(long from, long to) => _lengths?.Longest(from, to) ?? 0;

    /// <summary>A session has ended that tells of a message that its client cannot take: what came before it, it has had.</summary>
    /// <returns>What it has confirmed by that; null where that is what it has said itself.</returns>
    public long? NoteRefused(Refused? refused) => refused is null ? null : Skips.Note(ref _skips, refused, _log.Tail, context);

    /// <summary>What a client is not sent because it cannot take it; null for nothing.</summary>
    public long[]? SkippedBy(ClientKey client) => _skips?.Of(client, _log.Tail);

    /// <summary>A pass has ended.</summary>
    /// <returns>Publishers that may try again: the caller releases them once it has left the lock.</returns>
    public WaitingPublishers? Flushed(long offset, long position)
    {
        Volatile.Write(ref _flushedOffset, Math.Max(_flushedOffset, offset));
        _flushedPosition = Math.Max(_flushedPosition, position);
        WaitingPublishers? waiters = _waiters;
        _waiters = null;
        return waiters;
    }

    /// <returns>Completes when a pass has made room, or at once when there is room; null when too many wait already.</returns>
    public Task? WaitForRoom() =>
        HasRoom ? Task.CompletedTask : (_waiters ??= new WaitingPublishers()).TryAdd(context.Limits.MostWaitingPublishers);

    /// <summary>References to the publications from <paramref name="cursor"/> on, as many as fit the batch.</summary>
    /// <returns>False when some have left the log.</returns>
    public bool TryRead(long cursor, long head, Batch batch)
    {
        if (cursor < _log.Tail)
            return false;
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
        long end = members.Count > 0 ? _flushedOffset : _cache?.Oldest.Offset ?? _log.Head;
        _retainedEnd = members.Count == 0 ? _log.HeadPosition : _flushedPosition;
        if (retained == 0 && _retention is null)
        {
            context.Memory.Remove(_log.TrimTo(end));
            GaugeRetained();
            return;
        }
        Retention retention = _retention ??= new Retention();
        if (members.Only is { } only)
            retention.Unconfirmed = only.Confirmed;
        long needed = members.Count > 0 ? _log.HeadPosition - _flushedPosition : _cache?.Cost ?? 0;
        context.Memory.Remove(retention.Trim(_log, end, needed + MostKept, context.Counters.UnconfirmedLost));
        GaugeRetained();
        if (retention.HasBroken || !_log.IsEmpty)
            Retain();
        else if (!retention.IsListed)
            _retention = null;
        if (_log.IsEmpty)
            _skips = null;
    }

    /// <summary>
    /// What is too far behind the head goes, and with it whoever still needs it. At full speed the lag is a few milliseconds, in which
    /// the best of readers may not have had the processor: nobody is cut off for less than <see cref="BrokerLimits.LagTime"/>.
    /// </summary>
    public void TrimToLag(long now)
    {
        // What is kept for confirmation is before everybody's cursor: it makes nobody slow, and comes on top.
        long lag = context.Limits.Lag + Math.Max(_handedOver, _retention is null ? 0 : MostKept);
        long grace = (long)context.Limits.LagTime.TotalMilliseconds;
        long tail = _log.Tail;
        context.Memory.Remove(_log.TrimToSize(lag, now - grace, lag * BrokerLimits.LagTimeFactor));
        _retention?.CountLost(tail, _log.Tail, context.Counters.UnconfirmedLost);
        GaugeRetained();
    }

    /// <summary>Bytes that may be kept although everybody was sent them.</summary>
    private long MostKept =>
        _retained.OfOthers(context.RetainedMemory) + Math.Min(SentBytes, context.Limits.CacheSize) > context.Limits.CacheMemory ? 0 : context.Limits.CacheSize;

    /// <summary>Bytes there are that everybody was sent by the last <see cref="Trim"/>.</summary>
    private long SentBytes => Math.Max(0, _log.Bytes - (_log.HeadPosition - _retainedEnd) - (_cache?.Cost ?? 0));

    /// <summary>Looks what has been confirmed, before a <see cref="Trim"/>.</summary>
    /// <param name="members">The members.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="kept">How long something is kept for a crowd, whose members are not looked at one by one.</param>
    public void FindUnconfirmed(ref MemberTable members, long now, TimeSpan kept)
    {
        if (_retention is null)
            return;
        _retention.IsListed = false;
        _retention.DropExpired(now);
        _retention.FindUnconfirmed(ref members, _log, _flushedOffset, now - (long)kept.TotalMilliseconds);
    }

    private void GaugeRetained() => _retained.Set(context.RetainedMemory, SentBytes);

    private void Drop(CacheEntry entry, bool isLost)
    {
        _cache!.Remove(entry);
        context.Memory.Remove(_log.Remove(entry.Offset, isLost));
    }

    /// <summary>What was cached waits no longer: somebody is there to read it.</summary>
    /// <returns>The offset of the first; where the log ends when there is none.</returns>
    private long TakeCached(long now)
    {
        long first = _log.Head;
        while (_cache is { IsEmpty: false })
        {
            CacheEntry entry = _cache.Oldest;
            if (entry.ExpiresAt <= now)
            {
                Drop(entry, isLost: !entry.HasOwnTime);
                continue;
            }
            _cache.Remove(entry);
            entry.Publication.AcceptedAt = now;
            first = Math.Min(first, entry.Offset);
        }
        _cache = null;
        return first;
    }

    private Retention Retain()
    {
        _retention ??= new Retention();
        if (!_retention.IsListed)
        {
            _retention.IsListed = true;
            context.Retained.Add(topic);
        }
        return _retention;
    }
}
