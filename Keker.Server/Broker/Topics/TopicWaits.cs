using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Broker.Topics;

/// <summary>Who waits for members of one topic: new sessions for those that may be dead, and publishers for confirmations.</summary>
/// <remarks>
/// The topic's lock guards it; methods that are called without it say so, and take it. There is one only once there was something to wait for.
/// </remarks>
internal sealed class TopicWaits(Topic topic, TopicLog log, BrokerContext context)
{
    private ByToken<Predecessors> _byToken = new(topic.Kind);
    private readonly List<Predecessors> _awaited = [];
    private long _lastWaited = -1;
    private ReceiptWaits? _receipts;
    private List<PredecessorCheck>? _decided;

    /// <summary>The offset of the newest message that somebody waited for; -1 before there was one. Any thread.</summary>
    public long LastWaited => Volatile.Read(ref _lastWaited);

    /// <summary>A member has something unconfirmed, or is about to have, and companions. Called with no lock held.</summary>
    public void NoteUnconfirmed(Subscription member)
    {
        lock (topic)
        {
            if (!member.HasLeft)
                Enter(member);
        }
    }

    /// <summary>Whether a new session waits that came before a position expired, and may start there. In a busy crowd one always waits. Under the lock.</summary>
    public bool MayNeed(BrokenPosition position) => _awaited.Count > 0 && context.Clock.Now < position.ExpiresAt + 2 * Predecessors.Patience;

    /// <summary>
    /// A member has joined that may be the same client as one before. What no pass has come to yet may be what nobody confirms, so it begins there at
    /// the latest.
    /// </summary>
    /// <param name="member">The member; it has its cursor.</param>
    /// <param name="members">The members, this one included: a session that was alone with its token has not been watched.</param>
    /// <param name="resume">What its client says that it has, behind which it begins; null where it says nothing.</param>
    /// <param name="lookAlikes">Sessions of the token that may be the same client; null where there are too many to ask. Not needed in the topic of a token.</param>
    /// <returns>Null when nobody has to be asked.</returns>
    public PredecessorCheck? Meet(Subscription member, ref MemberTable members, ResumePoint? resume, Session[]? lookAlikes)
    {
        if (topic.Kind == TopicKind.Token && members.Count == 2 && members.First(2).Find(other => other != member) is { } alone)
        {
            Enter(alone);
            alone.Session.NoteNamedUnconfirmed();
        }
        bool isFew = topic.Kind == TopicKind.Token ? members.Count <= Predecessors.Crowd + 1 : lookAlikes is not null;
        if (isFew && member.MayBeDead)
            AskLookAlikes(member, ref members, lookAlikes);
        if (resume is null)
            member.SetStartOffset(log.RetainStart(Math.Max(log.Tail, Math.Min(member.Cursor, log.FlushedOffset))));
        PredecessorCheck? check = Check(member, resume, isFew);
        Enter(member);
        return check;
    }

    /// <summary>They may have confirmed all there is: nobody knows, until they answer, where their client will go on.</summary>
    private void AskLookAlikes(Subscription member, ref MemberTable members, Session[]? lookAlikes)
    {
        IEnumerable<Subscription?> alike = topic.Kind == TopicKind.Token
            ? members.First(Predecessors.Crowd + 1).FindAll(other => other.Session.Mark == member.Session.Mark)
            : lookAlikes!.Select(session => session.Find(topic));
        foreach (Subscription? other in alike)
        {
            if (other is { HasLeft: false, MayBeDead: true, IsUnconfirmedListed: false } && other != member)
                _byToken.GetOrAdd(other.Session.Token).Add(other);
        }
    }

    /// <summary>
    /// A check begins: the sessions before it are asked, and it ends with the last answer. Not before, or the member would get messages before it is told that
    /// it has joined. Called with no lock held.
    /// </summary>
    public void Begin(PredecessorCheck check)
    {
        bool isDecided;
        lock (topic)
        {
            check.MayDeliver = true;
            isDecided = check.IsDecided;
        }
        if (!isDecided)
            AdvanceChecks(context.Clock.Now);
        else if (!check.StartsAtOnce)
            check.Member.Session.Deliver(check.Member);
    }

    /// <summary>Asks those that new sessions wait for, and begins with those that have waited long enough. Called with no lock held.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <returns>True while one waits.</returns>
    public bool AdvanceChecks(long now)
    {
        List<PredecessorCheck>? decided;
        List<Session> sessions = [];
        bool anyWaits;
        lock (topic)
        {
            for (int i = _awaited.Count - 1; i >= 0; i--)
            {
                _awaited[i].TakeToAsk(now, sessions, BrokerLimits.MostAskedAtOnce);
                _awaited[i].Decide(log, now, _receipts, ref _decided);
                if (!_awaited[i].IsAwaited)
                    _awaited.RemoveAt(i);
            }
            anyWaits = _awaited.Count > 0;
            decided = TakeDecided();
        }
        sessions.ForEach(session => session.WantBarrier());
        DeliverTo(decided);
        return anyWaits;
    }

    /// <summary>Sends those their first messages that may have them; many of them on a thread that has the time. Called with no lock held.</summary>
    public static void DeliverTo(List<PredecessorCheck>? checks)
    {
        if (checks is { Count: > BrokerLimits.MostStartedAtOnce })
            ThreadPool.UnsafeQueueUserWorkItem(DeliverToAll, checks, preferLocal: false);
        else if (checks is not null)
            DeliverToAll(checks);
    }

    /// <summary>A member has answered a ping.</summary>
    public void Answered(Subscription member)
    {
        _receipts?.Confirmed(member);
        if (member.IsUnconfirmedListed && _byToken.Find(member.Session.Token) is { } predecessors)
        {
            predecessors.Leave(member);
            predecessors.Enter(member, log.Head);
            Decide(member, predecessors);
        }
        DropReceiptsWhenEmpty();
    }

    /// <summary>A member has left.</summary>
    /// <param name="member">The member.</param>
    /// <param name="retainedFrom">From this offset on all is kept for the next HELLO of its token.</param>
    public void Left(Subscription member, long retainedFrom)
    {
        _receipts?.Left(member, retainedFrom);
        if (member.IsUnconfirmedListed && _byToken.Find(member.Session.Token) is { } predecessors)
        {
            predecessors.Leave(member);
            Decide(member, predecessors);
        }
        DropReceiptsWhenEmpty();
    }

    /// <summary>A member goes on behind messages that it is not sent. Called with no lock held.</summary>
    /// <param name="member">The member.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="to">Where it goes on.</param>
    public void NoteMissed(Subscription member, long from, long to)
    {
        lock (topic)
        {
            if (!member.HasLeft)
                _receipts?.Missed(member, from, to);
        }
    }

    /// <summary>A publisher waits for a message that was appended.</summary>
    public void Add(Receipt receipt, long offset, int sessions, int confirming)
    {
        receipt.Expect(topic, offset, sessions);
        Volatile.Write(ref _lastWaited, offset);
        (_receipts ??= new ReceiptWaits()).Add(receipt, offset, sessions, confirming);
        DropReceiptsWhenEmpty();
    }

    /// <summary>What is known of a message that a publisher waits for; nothing when that knows it already. Called with no lock held.</summary>
    /// <param name="receipt">Who waits.</param>
    /// <param name="offset">The message.</param>
    /// <param name="forget">True: it does not wait any more.</param>
    public ReceiptCounts Count(Receipt receipt, long offset, bool forget)
    {
        lock (topic)
        {
            ReceiptCounts counts = default;
            if (_receipts is not null && _receipts.TryCount(receipt, offset, out counts) && forget)
                _receipts.Forget(receipt, offset);
            DropReceiptsWhenEmpty();
            return counts;
        }
    }

    /// <summary>The members that may be sent messages now; the caller starts them once it has left the lock.</summary>
    public List<PredecessorCheck>? TakeDecided()
    {
        List<PredecessorCheck>? decided = _decided;
        _decided = null;
        return decided;
    }

    /// <summary>A member has something unconfirmed, or is about to have.</summary>
    private void Enter(Subscription member)
    {
        if (member.MayBeDead && !member.IsUnconfirmedListed && member.Confirmed < log.Head)
            _byToken.GetOrAdd(member.Session.Token).Enter(member, log.Head);
    }

    /// <summary>A new session has joined.</summary>
    /// <returns>Null when nobody has to be asked.</returns>
    private PredecessorCheck? Check(Subscription member, ResumePoint? resume, bool isFew)
    {
        Predecessors predecessors = _byToken.GetOrAdd(member.Session.Token);
        bool isAwaited = predecessors.IsAwaited;
        PredecessorCheck? check = predecessors.Check(member, resume, isFew, log, context.Clock.Now);
        if (check is not null && !isAwaited)
            _awaited.Add(predecessors);
        else if (predecessors.IsUnused)
            _byToken.Remove(member.Session.Token);
        return check;
    }

    private static void DeliverToAll(List<PredecessorCheck> checks) => checks.ForEach(check => check.Member.Session.Deliver(check.Member));

    private void Decide(Subscription member, Predecessors predecessors)
    {
        // Time is looked at elsewhere: here somebody has answered or gone.
        predecessors.Decide(log, now: 0, _receipts, ref _decided);
        if (predecessors.IsUnused)
            _byToken.Remove(member.Session.Token);
    }

    private void DropReceiptsWhenEmpty()
    {
        if (_receipts is { IsEmpty: true })
            _receipts = null;
    }
}
