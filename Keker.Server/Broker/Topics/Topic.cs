using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Broker.Topics;

/// <summary>
/// A log of publications and the members that read it. Publishing appends; a flush pass takes every member from its cursor to
/// the head. What waits for an absent recipient enters the log with the first member.
/// </summary>
/// <remarks>
/// Thread-safe. It is its own lock, which takes no memory. Nothing is sent, encoded, logged or awaited under the lock. Lock order: stripe, topic of a token,
/// named topic, then the <see cref="CacheLedger"/> or a <see cref="Receipt"/>; the gates of sessions are never entered under any lock.
/// </remarks>
internal sealed class Topic(TopicKind kind, byte[] name, BrokerContext context)
{
    private TopicLog? _log;
    private MemberTable _members = new();
    private Gate _passGate;
    private bool _passRunning;
    private bool _retired;
    private int _pendingMembers;
    private MemberCounts _counts;
    private TopicWaits? _waits;

    public TopicKind Kind { get; } = kind;

    /// <summary>Names the life of the log: offsets of a topic that was gone in between are others.</summary>
    public ulong Epoch { get; } = context.NextEpoch();

    /// <summary>The token or the name as UTF-8; empty for the broadcast.</summary>
    public byte[] Name { get; } = name;

    /// <summary>Whether what members have not confirmed is kept. Of broadcasts it is not: they have no recipient who could come back for them.</summary>
    public bool Retains => IsOfClients && context.Limits.Resume > TimeSpan.Zero;

    public long Head => _log?.Head ?? 0;

    /// <summary>From this offset on nothing has left the log. A hint without the lock.</summary>
    public long Tail => _log?.Tail ?? 0;

    /// <summary>Members now. A hint without the lock.</summary>
    public int MemberCount => _members.Count;

    /// <summary>For who holds the lock.</summary>
    public ref MemberTable Members => ref _members;

    /// <summary>What is kept; null while there never was a message. To be read by who holds the lock.</summary>
    public TopicLog? Messages => _log;

    /// <summary>Over 0 while it counts as online; until then it stays in the table. The <see cref="IPresenceWatch"/>'s, under the lock; a hint without it.</summary>
    public ushort Announcement { get; set; }

    /// <summary>True when a pass would have to deflate what takes too long for a thread that serves sockets. A hint without the lock.</summary>
    public bool HasLargeToDeflate => _counts.Deflating > 0 && _log is { HasLarge: true };

    /// <summary>Whether somebody waits for the confirmation of a message at an offset or after it: a barrier has to follow it. A hint without the lock.</summary>
    public bool IsWaitedFrom(long offset) => Volatile.Read(ref _waits) is { } waits && waits.LastWaited >= offset;

    /// <summary>Who waits for its members; made when it is first needed.</summary>
    public TopicWaits Waits { get { lock (this) return _waits ??= new TopicWaits(this, Log, context); } }

    /// <summary>Made with the first message: most tokens of an idle server never get one.</summary>
    private TopicLog Log => _log ??= new TopicLog(this, context);

    /// <summary>Taken by whoever runs flush passes, one at a time: see <see cref="FanOutWorkers"/>.</summary>
    public ref Gate PassGate => ref _passGate;

    /// <summary>Appends for the members that are there. The caller makes sure that a flush follows.</summary>
    public PublishResult Append(Publication publication, Receipt? receipt = null, PublishTerms? terms = null)
    {
        lock (this)
        {
            if (_retired || _members.Count == 0)
                return new PublishResult(_retired ? PublishOutcome.Retired : PublishOutcome.NotFound);
            if (!Log.HasRoom)
                return new PublishResult(PublishOutcome.NoRoom) { Full = this };
            long offset = Log.Append(publication, terms);
            if (_pendingMembers > 0)
                Log.TrimToLag(publication.AcceptedAt);
            if (receipt is not null)
                Waits.Add(receipt, offset, _members.Count, _counts.Confirming);
            return new PublishResult(PublishOutcome.Published, _members.Count, 1);
        }
    }

    /// <summary>Keeps a publication that nobody is there for: see <see cref="TopicLog.TryKeep"/>.</summary>
    /// <returns>Cached, not found when it is not kept, or retired when somebody has joined meanwhile, or the topic was retired: look it up again.</returns>
    public PublishOutcome Keep(Publication publication, PublishTerms? terms = null)
    {
        PublishOutcome kept;
        lock (this)
        {
            if (_retired || _members.Count > 0)
                return PublishOutcome.Retired;
            kept = Log.TryKeep(publication, terms) ? PublishOutcome.Cached : PublishOutcome.NotFound;
        }
        Tidy();
        return kept;
    }

    /// <summary>Lets go of a cached publication whose time is up or whose memory is needed; nothing when a HELLO took it meanwhile.</summary>
    public void DropCached(CacheEntry entry, bool isExpired)
    {
        lock (this)
            _log?.DropCached(entry, isExpired);
        Tidy();
    }

    /// <summary>A broken position ends, because there is no room for it, or its time is up: then it stays for a moment where a start may depend on it.</summary>
    public void EndPosition(BrokenPosition position, bool isOverBound)
    {
        lock (this)
        {
            if (position.HasEnded || (!isOverBound && _waits?.MayNeed(position) is true))
                return;
            Log.EndPosition(position, isOverBound, isEmpty: _members.Count == 0);
        }
        Tidy();
    }

    /// <summary>Adds a member, marked as pending, for the caller to start it. Cursor and cached range are taken in one step, so that no publication falls between cached and live.</summary>
    /// <param name="check">Set when it may start only then: other sessions of the token are asked what has arrived.</param>
    /// <param name="resume">What the client says it has; then it need not wait.</param>
    /// <param name="lookAlikes">Other sessions of its token that may be the same client; null where there are too many to ask.</param>
    /// <returns>False when the topic was retired meanwhile: look it up again.</returns>
    public bool TryJoin(Subscription member, out PredecessorCheck? check, ResumePoint? resume = null, Session[]? lookAlikes = null)
    {
        lock (this)
        {
            check = null;
            if (_retired)
                return false;

            // Counted as behind before the lock is released, or a pass of somebody else's publish could trim what it has to get;
            // marked before it has a cursor, or a drain could find it behind and mark it, too.
            member.TryMarkPending();
            MemberPending();
            long start = _log?.Open(_members.Count == 0) ?? 0;
            member.SetStartOffset(resume?.Resolve(Epoch, Head, _log) ?? start);
            member.RestsAt = Head;
            _members.Add(member);
            _counts.Count(member, 1, _members.Count, context);
            if (Retains && _counts.Confirming > 0 && _members.Count > 1 && member.HasCompanions)
                check = Waits.Meet(member, ref _members, resume, lookAlikes);
            else if (_log is not null)
                Joining.Begin(_log, member, resume);
            member.HasStartOffset = check is null or { StartsAtOnce: true };
            return true;
        }
    }

    /// <summary>Takes a member out; nothing when it is out already.</summary>
    /// <param name="member">The member.</param>
    /// <param name="isBreak">True keeps what it has not confirmed for the next HELLO.</param>
    /// <param name="refused">The message that its client cannot take; null for none.</param>
    public void Leave(Subscription member, bool isBreak = false, Refused? refused = null)
    {
        List<PredecessorCheck>? decided;
        lock (this)
        {
            if (member.HasLeft)
                return;
            _members.Remove(member, _passRunning);
            long retainedFrom = isBreak && member.IsRetained ? Log.RetainFrom(member, refused) : _log?.Forget(member) ?? long.MaxValue;
            member.HasLeft = true;

            // The receipts first: the tally is of those that are counted there.
            _waits?.Left(member, retainedFrom);
            _counts.Count(member, -1, _members.Count, context);
            decided = _waits?.TakeDecided();
        }
        TopicWaits.DeliverTo(decided);
        Tidy();
    }

    /// <summary>The message that a member that leaves may not be able to take: see <see cref="SessionTopics.FindRefused"/>.</summary>
    public Candidate? FindCandidate(Subscription member, ushort clientCode)
    {
        lock (this)
            return member.IsRetained && !member.HasLeft && _log is not null ? Candidate.Find(_log, member, clientCode) : null;
    }

    /// <summary>Of broadcasts: the bytes of the longest that a member was sent and has not confirmed; 0 for none.</summary>
    public int LongestUnconfirmed(Subscription member)
    {
        lock (this)
            return _log?.LongestOf(member.Confirmed, member.OfferedTo) ?? 0;
    }

    /// <summary>Marks a topic that nobody needs as gone. The caller holds the stripe's lock and takes it out of the table.</summary>
    public bool TryRetire() { lock (this) return _retired |= IsDisposable; }

    /// <summary>Begins a pass: whatever is appended from now on belongs to the next one. Only the owner of the pass gate calls this.</summary>
    public FlushPass BeginPass()
    {
        lock (this)
        {
            _passRunning = true;
            return new FlushPass(this, _members.Snapshot(), Log.Head, Log.HeadPosition, Log.TakeOldest());
        }
    }

    /// <summary>Ends a pass: fills the holes of members that left, lets go of what everybody has, wakes publishers that wait for room.</summary>
    public void EndPass(FlushPass pass)
    {
        WaitingPublishers? waiters;
        bool disposable;
        lock (this)
        {
            _passRunning = false;
            _members.Compact();
            waiters = Log.Flushed(pass.Head, pass.HeadPosition);
            Trim();
            disposable = IsDisposable;
        }
        waiters?.Release();
        RetireWhen(disposable);
    }

    /// <summary>Completes when a pass has made room, or at once when there is room; null when too many wait already.</summary>
    public Task? WaitForRoom()
    {
        lock (this)
            return Log.WaitForRoom();
    }

    /// <summary>References to the publications from an offset on, as many as fit the batch, for encoding outside the lock; false when some have left the log.</summary>
    public bool TryRead(long cursor, long head, Batch batch)
    {
        lock (this)
            return Log.TryRead(cursor, head, batch);
    }

    /// <summary>A member was put on its session's list: nothing it may need is trimmed until <see cref="MemberCaughtUp"/>.</summary>
    public void MemberPending() => Interlocked.Increment(ref _pendingMembers);

    /// <summary>A member from such a list was flushed, or its session ended.</summary>
    public void MemberCaughtUp()
    {
        if (Interlocked.Decrement(ref _pendingMembers) == 0)
            Tidy();
    }

    /// <summary>A member has answered a ping. Where it is the only one, nothing needs to be looked for to let go of what it has.</summary>
    public void OnConfirmed(Subscription member)
    {
        List<PredecessorCheck>? decided;
        lock (this)
        {
            if (member.HasLeft)
                return;
            _log?.NoteConfirmed(member);
            _waits?.Answered(member);
            decided = _waits?.TakeDecided();
            if (_members.Count == 1 && Head > Tail)
                Trim();
        }
        TopicWaits.DeliverTo(decided);
    }

    /// <summary>Lets go of what has been confirmed meanwhile or has waited long enough. The heartbeat calls it.</summary>
    public void Sweep(long now)
    {
        lock (this)
            _log?.FindUnconfirmed(ref _members, now, _counts.RetainedFor(context.Limits));
        Tidy();
    }

    private bool IsOfClients => Kind is TopicKind.Token or TopicKind.Named;

    private bool IsDisposable => IsOfClients && !_passRunning && Announcement == 0 && _members.Count == 0 && (_log is null || _log.IsUnused);

    /// <summary>Lets go of what nobody needs any more, and of the topic when nobody needs that.</summary>
    private void Tidy()
    {
        bool disposable;
        lock (this)
        {
            Trim();
            disposable = IsDisposable;
        }
        RetireWhen(disposable);
    }

    private void RetireWhen(bool disposable)
    {
        if (disposable)
            (Kind == TopicKind.Token ? context.Topics : context.NamedTopics).Retire(this);
    }

    /// <summary>Not while somebody may read the log before the last completed pass; who has left and still waits does not count.</summary>
    private void Trim()
    {
        if (!_passRunning && (_members.Count == 0 || Volatile.Read(ref _pendingMembers) == 0))
            _log?.Trim(ref _members, _counts.Retained);
    }
}
