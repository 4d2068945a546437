using System.Diagnostics;

namespace Keker.Server.Broker;

/// <summary>
/// A log of publications and the members that read it. Publishing appends; a flush pass takes every member from its cursor to
/// the head. The same log keeps what waits for an absent recipient.
/// </summary>
/// <remarks>
/// Thread-safe. Nothing is sent, encoded, logged or awaited under the lock. Lock order: stripe, topic, then the
/// <see cref="CacheLedger"/>; the gates of sessions are never entered under any lock.
/// </remarks>
internal sealed class Topic(byte[] name, BrokerContext context)
{
    private readonly Lock _lock = new();
    private readonly MessageLog _log = new();
    private readonly MemberTable _members = new();
    private Gate _passGate;
    private bool _passRunning;
    private bool _retired;
    private long _flushedOffset;
    private long _flushedPosition;
    private int _pendingMembers;
    private int _deflatingMembers;
    private long _largeUpTo;
    private TopicCache? _cache;
    private long _handedOver;
    private WaitingPublishers? _waiters;

    /// <summary>The token as UTF-8; empty for the broadcast.</summary>
    public byte[] Name { get; } = name;

    /// <summary>True for the one topic that is in no table and never retired.</summary>
    public bool IsBroadcast => Name.Length == 0;

    /// <summary>Offset that the next publication will get.</summary>
    public long Head => _log.Head;

    /// <summary>Members now. A hint without the lock.</summary>
    public int MemberCount => _members.Count;

    /// <summary>Publications that members, or recipients to come, may still need.</summary>
    public long LogBytes
    {
        get { lock (_lock) return _log.Bytes; }
    }

    /// <summary>True when a pass would have to deflate what takes too long for a thread that serves sockets. A hint without the lock.</summary>
    public bool HasLargeToDeflate => Volatile.Read(ref _deflatingMembers) > 0 && Volatile.Read(ref _largeUpTo) > Volatile.Read(ref _flushedOffset);

    /// <summary>Who runs flush passes: see <see cref="FanOut"/>.</summary>
    public bool TryEnterPass() => _passGate.TryEnter();

    /// <summary>False: somebody made the topic dirty meanwhile and the caller has to run another pass.</summary>
    public bool TryLeavePass() => _passGate.TryLeave();

    /// <summary>Appends for the members that are there. The caller makes sure that a flush follows.</summary>
    public AppendResult Append(Publication publication)
    {
        lock (_lock)
        {
            if (_retired)
                return AppendResult.Retired;
            if (_members.Count == 0)
                return AppendResult.NoMembers;
            if (!HasRoom)
                return AppendResult.NoRoom;
            publication.AcceptedAt = context.Clock.Now;
            long offset = _log.Append(publication);
            if (publication.Payload.Length > BrokerLimits.MostBytesToDeflateInline)
                _largeUpTo = offset + 1;
            context.Memory.Add(publication.Cost);
            if (_pendingMembers > 0)
                TrimToLag(publication.AcceptedAt);
            return AppendResult.Appended(_members.Count);
        }
    }

    /// <summary>Keeps a publication for the first session that says HELLO, within the limit for one topic, oldest dropped first.</summary>
    public AppendResult Cache(Publication publication)
    {
        lock (_lock)
        {
            if (_retired)
                return AppendResult.Retired;
            if (_members.Count > 0)
                return AppendResult.HasMembers;
            while (_cache is not null && !_cache.HasRoomFor(publication, context.Limits.CacheSize))
                DropOldestCached();
            long offset = _log.Append(publication);
            context.Memory.Add(publication.Cost);
            _flushedOffset = _log.Head;
            _flushedPosition = _log.HeadPosition;
            (_cache ??= new TopicCache(context.CacheLedger)).Add(this, publication, offset);
            return AppendResult.Cached;
        }
    }

    /// <summary>Lets go of a cached publication whose time is up or whose memory is needed; nothing when a HELLO took it meanwhile.</summary>
    public void DropCached(CacheEntry entry)
    {
        bool disposable;
        lock (_lock)
        {
            while (_cache is not null && _cache.OldestOffset <= entry.Offset)
                DropOldestCached();
            disposable = IsDisposable;
        }
        RetireWhen(disposable);
    }

    /// <summary>
    /// Adds a member. Cursor and cached range are taken in one step: the first session gets what was cached, later ones start
    /// at the head, and no publication falls between cached and live.
    /// </summary>
    /// <returns>False when the topic was retired meanwhile: look it up again.</returns>
    public bool TryJoin(Subscription member)
    {
        lock (_lock)
        {
            if (_retired)
                return false;

            // Counted as behind before the lock is released, or a pass of somebody else's publish could trim what it has to get;
            // marked before it has a cursor, or a drain could find it behind and mark it, too.
            bool marked = member.TryMarkPending();
            Debug.Assert(marked);
            MemberPending();
            member.Cursor = _cache?.TakeAll(context.Clock.Now) ?? _log.Head;
            _cache = null;

            // What was cached comes on top of what it may lag, or the next publish could cut it off before it got anything.
            if (member.Cursor < _log.Head)
                _handedOver = _log.Bytes;
            _members.Add(member);
            if (member.Session.Deflates)
                _deflatingMembers++;
            if (_members.Count == 1 && !IsBroadcast)
                context.Topics.Occupied.Increment();
            return true;
        }
    }

    /// <summary>Takes a member out.</summary>
    public void Leave(Subscription member)
    {
        bool disposable;
        lock (_lock)
        {
            _members.Remove(member, _passRunning);
            if (member.Session.Deflates)
                _deflatingMembers--;
            if (_members.Count == 0 && !IsBroadcast)
                context.Topics.Occupied.Decrement();
            Trim();
            disposable = IsDisposable;
        }
        RetireWhen(disposable);
    }

    /// <summary>Marks a topic that nobody needs as gone. The caller holds the stripe's lock and takes it out of the table.</summary>
    public bool TryRetire()
    {
        lock (_lock)
        {
            _retired |= IsDisposable;
            return _retired;
        }
    }

    /// <summary>Begins a pass: whatever is appended from now on belongs to the next one. Only the owner of the pass gate calls this.</summary>
    public FlushPass BeginPass()
    {
        lock (_lock)
        {
            _passRunning = true;
            return new FlushPass(this, _members.Snapshot(), _log.Head, _log.HeadPosition);
        }
    }

    /// <summary>Ends a pass: fills the holes of members that left, lets go of what everybody has, wakes publishers that wait for room.</summary>
    public void EndPass(FlushPass pass)
    {
        WaitingPublishers? waiters;
        bool disposable;
        lock (_lock)
        {
            _passRunning = false;
            _members.Compact();
            _flushedOffset = Math.Max(_flushedOffset, pass.Head);
            _flushedPosition = Math.Max(_flushedPosition, pass.HeadPosition);
            Trim();
            waiters = _waiters;
            _waiters = null;
            disposable = IsDisposable;
        }
        waiters?.Release();
        RetireWhen(disposable);
    }

    /// <summary>Completes when a pass has made room, or at once when there is room.</summary>
    /// <returns>Null when too many wait already: the publisher has to be refused.</returns>
    public Task? WaitForRoom()
    {
        lock (_lock)
        {
            if (HasRoom)
                return Task.CompletedTask;
            return (_waiters ??= new WaitingPublishers()).TryAdd(context.Limits.MostWaitingPublishers);
        }
    }

    /// <summary>References to the publications from <paramref name="cursor"/> on, as many as fit the batch, for encoding outside the lock.</summary>
    /// <returns>False when the member was overtaken: what it needs has left the log.</returns>
    public bool TryRead(long cursor, long head, Batch batch)
    {
        lock (_lock)
        {
            if (cursor < _log.Tail)
                return false;
            for (long offset = cursor; offset < head && batch.TryAdd(_log[offset]); offset++)
            {
            }
            return true;
        }
    }

    /// <summary>True when a member at this cursor misses publications for good. Racy; the cursor may be a hint.</summary>
    public bool HasOvertaken(long cursor) => cursor < _log.Tail;

    /// <summary>A member was put on its session's list: nothing it may need is trimmed until <see cref="MemberSettled"/>.</summary>
    public void MemberPending() => Interlocked.Increment(ref _pendingMembers);

    /// <summary>A member from such a list was flushed, or its session ended.</summary>
    public void MemberSettled()
    {
        if (Interlocked.Decrement(ref _pendingMembers) != 0)
            return;
        bool disposable;
        lock (_lock)
        {
            Trim();
            disposable = IsDisposable;
        }
        RetireWhen(disposable);
    }

    /// <summary>Nobody will miss it: no member, nothing kept, no pass that still refers to it.</summary>
    private bool IsDisposable => !IsBroadcast && !_passRunning && _members.Count == 0 && _log.IsEmpty && _waiters is null;

    /// <summary>Room: how far publishers may be ahead of the last completed pass. Blocked members never count.</summary>
    private bool HasRoom => _log.HeadPosition - _flushedPosition < context.Limits.Lag / 2;

    private void RetireWhen(bool disposable)
    {
        if (disposable)
            context.Topics.Retire(this);
    }

    /// <summary>True while somebody may read the log before the last completed pass; who has left and still waits does not count.</summary>
    private bool IsLogNeeded => _passRunning || (_members.Count > 0 && Volatile.Read(ref _pendingMembers) > 0);

    /// <summary>
    /// Lets go of what every member has been sent. Never looks at a member: those behind are counted, and all others
    /// stand at or after the end of the last completed pass.
    /// </summary>
    private void Trim()
    {
        if (IsLogNeeded)
            return;
        _handedOver = 0;
        long end = _members.Count == 0 ? _log.Head : _flushedOffset;
        if (_cache is not null)
            end = Math.Min(end, _cache.OldestOffset);
        context.Memory.Remove(_log.TrimTo(end));
    }

    /// <summary>
    /// What is too far behind the head goes, and with it whoever still needs it. At full speed the lag is a few milliseconds, in which
    /// the best of readers may not have had the processor: nobody is cut off for less than <see cref="BrokerLimits.LagTime"/>.
    /// </summary>
    private void TrimToLag(long now)
    {
        long lag = context.Limits.Lag + _handedOver;
        long grace = (long)context.Limits.LagTime.TotalMilliseconds;
        context.Memory.Remove(_log.TrimToSize(lag, now - grace, lag * BrokerLimits.LagTimeFactor));
    }

    private void DropOldestCached()
    {
        long offset = _cache!.DropOldest();
        if (_cache.IsEmpty)
            _cache = null;
        if (!IsLogNeeded)
            context.Memory.Remove(_log.TrimTo(offset + 1));
    }
}
