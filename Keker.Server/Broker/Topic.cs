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
internal sealed class Topic
{
    private readonly Lock _lock = new();
    private readonly BrokerContext _context;
    private readonly TopicLog _log;
    private readonly MemberTable _members = new();
    private Gate _passGate;
    private bool _passRunning;
    private bool _retired;
    private int _pendingMembers;
    private int _deflatingMembers;
    private int _confirmingMembers;
    private long _largeUpTo;
    private WaitingPublishers? _waiters;
    private List<ConfirmWait>? _waits;

    public Topic(byte[] name, BrokerContext context)
    {
        Name = name;
        _context = context;
        _log = new TopicLog(this, context);
    }

    /// <summary>The token as UTF-8; empty for the broadcast.</summary>
    public byte[] Name { get; }

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
    public bool HasLargeToDeflate => Volatile.Read(ref _deflatingMembers) > 0 && Volatile.Read(ref _largeUpTo) > _log.FlushedOffset;

    /// <summary>Who runs flush passes: see <see cref="FanOut"/>.</summary>
    public bool TryEnterPass() => _passGate.TryEnter();

    /// <summary>False: somebody made the topic dirty meanwhile and the caller has to run another pass.</summary>
    public bool TryLeavePass() => _passGate.TryLeave();

    /// <summary>Appends for the members that are there. The caller makes sure that a flush follows.</summary>
    /// <param name="publication">The message.</param>
    /// <param name="receipt">Gets the members that have to confirm it; null when nobody waits for that.</param>
    public AppendResult Append(Publication publication, Receipt? receipt = null)
    {
        lock (_lock)
        {
            if (_retired)
                return AppendResult.Retired;
            if (_members.Count == 0)
                return AppendResult.NoMembers;
            if (!_log.HasRoom)
                return AppendResult.NoRoom;
            long offset = _log.Append(publication);
            if (publication.Payload.Length > BrokerLimits.MostBytesToDeflateInline)
                _largeUpTo = offset + 1;
            if (_pendingMembers > 0)
                _log.TrimToLag(publication.AcceptedAt);
            if (receipt is not null)
            {
                receipt.Expect(this, _members.Snapshot(), offset);
                (_waits ??= []).Add(receipt);
            }
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
            _log.Cache(publication);
            Trim();
            return AppendResult.Cached;
        }
    }

    /// <summary>Lets go of a cached publication whose time is up or whose memory is needed; nothing when a HELLO took it meanwhile.</summary>
    public void DropCached(CacheEntry entry)
    {
        bool disposable;
        lock (_lock)
        {
            _log.DropCached(entry);
            Trim();
            disposable = IsDisposable;
        }
        RetireWhen(disposable);
    }

    /// <summary>
    /// Adds a member. Cursor and cached range are taken in one step: the first session gets what was cached, later ones start
    /// at the head, and no publication falls between cached and live.
    /// </summary>
    /// <param name="member">The member; marked as pending, for the caller to start it.</param>
    /// <param name="handOver">Set when it may start only then: other sessions of the token are asked what has arrived.</param>
    /// <returns>False when the topic was retired meanwhile: look it up again.</returns>
    public bool TryJoin(Subscription member, out HandOver? handOver)
    {
        lock (_lock)
        {
            handOver = null;
            if (_retired)
                return false;

            // Counted as behind before the lock is released, or a pass of somebody else's publish could trim what it has to get;
            // marked before it has a cursor, or a drain could find it behind and mark it, too.
            bool marked = member.TryMarkPending();
            Debug.Assert(marked);
            MemberPending();
            member.StartAt(_log.Join());
            if (_confirmingMembers > 0)
                handOver = HandOver.TryBegin(member, _members.Snapshot(), _context.Clock.Now);
            if (handOver is not null)
                (_waits ??= []).Add(handOver);
            _members.Add(member);
            if (member.Session.Variant == Variant.Deflated)
                _deflatingMembers++;
            if (IsRetaining(member))
                _confirmingMembers++;
            if (_members.Count == 1 && !IsBroadcast)
                _context.Topics.Occupied.Increment();
            return true;
        }
    }

    /// <summary>Takes a member out.</summary>
    /// <param name="member">The member.</param>
    /// <param name="isBreak">True keeps what it has not confirmed for the next HELLO.</param>
    public void Leave(Subscription member, bool isBreak = false)
    {
        bool disposable;
        lock (_lock)
        {
            _members.Remove(member, _passRunning);
            if (member.Session.Variant == Variant.Deflated)
                _deflatingMembers--;
            if (IsRetaining(member))
            {
                _confirmingMembers--;
                if (isBreak)
                    _log.KeepFrom(member.Confirmed);
            }
            member.HasLeft = true;
            if (_members.Count == 0 && !IsBroadcast)
                _context.Topics.Occupied.Decrement();
            Trim();
            disposable = IsDisposable;
        }
        CheckWaits();
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
            _log.Flushed(pass.Head, pass.HeadPosition);
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
            if (_log.HasRoom)
                return Task.CompletedTask;
            return (_waiters ??= new WaitingPublishers()).TryAdd(_context.Limits.MostWaitingPublishers);
        }
    }

    /// <summary>References to the publications from <paramref name="cursor"/> on, as many as fit the batch, for encoding outside the lock.</summary>
    /// <returns>False when the member was overtaken: what it needs has left the log.</returns>
    public bool TryRead(long cursor, long head, Batch batch)
    {
        lock (_lock)
            return _log.TryRead(cursor, head, batch);
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

    /// <summary>A member has confirmed something. Where it is the only one, nothing needs to be looked for to let go of it.</summary>
    public void OnConfirmed()
    {
        if (MemberCount == 1 && _log.Head > _log.Tail)
        {
            lock (_lock)
                Trim();
        }
        CheckWaits();
    }

    /// <summary>Lets go of what has been confirmed meanwhile or has waited long enough. The heartbeat calls it.</summary>
    public void Sweep(long now)
    {
        bool disposable;
        lock (_lock)
        {
            _log.Look(_members, now);
            Trim();
            _log.KeepOrForget();
            disposable = IsDisposable;
        }
        RetireWhen(disposable);
    }

    /// <summary>Ends the waits whose answers are complete or whose time is up. Called with no lock held.</summary>
    public void CheckWaits()
    {
        if (Volatile.Read(ref _waits) is null)
            return;
        List<ConfirmWait>? over;
        lock (_lock)
        {
            long now = _context.Clock.Now;
            over = _waits?.FindAll(wait => wait.IsOver(now));
            if (over is { Count: > 0 } && _waits!.RemoveAll(over.Contains) > 0 && _waits.Count == 0)
                _waits = null;
        }
        over?.ForEach(wait => wait.End());
    }

    /// <summary>Where a member starts after all: in one step with what others have confirmed by now.</summary>
    public void StartAt(Subscription member, HandOver handOver)
    {
        lock (_lock)
            member.StartAt(Math.Max(_log.Tail, Math.Min(_log.Join(), Math.Min(member.Cursor, handOver.OldestUnconfirmed))));
    }

    /// <summary>Nobody will miss it: no member, nothing kept, no pass that still refers to it.</summary>
    private bool IsDisposable => !IsBroadcast && !_passRunning && _members.Count == 0 && _log.IsUnused && _waiters is null;

    /// <summary>Whether what a member has not confirmed is kept. Broadcasts are not: they have no recipient who could come back for them.</summary>
    private bool IsRetaining(Subscription member) => member.Session.Confirms && !IsBroadcast && _context.Limits.Cache > TimeSpan.Zero;

    /// <summary>True while somebody may read the log before the last completed pass; who has left and still waits does not count.</summary>
    private bool IsLogNeeded => _passRunning || (_members.Count > 0 && Volatile.Read(ref _pendingMembers) > 0);

    private void RetireWhen(bool disposable)
    {
        if (disposable)
            _context.Topics.Retire(this);
    }

    private void Trim()
    {
        if (!IsLogNeeded)
            _log.Trim(_members, _confirmingMembers);
    }
}
