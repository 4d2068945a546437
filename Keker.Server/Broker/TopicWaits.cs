namespace Keker.Server.Broker;

/// <summary>Who waits for members of one topic: new sessions for those that may be dead, and publishers for confirmations.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it. There is one only once there was something to wait for.</remarks>
internal sealed class TopicWaits(Topic topic, TopicLog log)
{
    // The topic of a token has sessions of that token only.
    private readonly Dictionary<byte[], Predecessors>? _byToken = topic.Kind == TopicKind.Token ? null : new(TokenComparer.Instance);
    private readonly List<Predecessors> _awaited = [];
    private Predecessors? _own;
    private long _lastWaited = -1;
    private ReceiptWaits? _receipts;
    private List<HandOver>? _begun;

    /// <summary>The offset of the newest message that somebody waited for; -1 before there was one. Any thread.</summary>
    public long LastWaited => Volatile.Read(ref _lastWaited);

    /// <summary>A member has something unconfirmed, or is about to have.</summary>
    public void Enter(Subscription member)
    {
        if (member.MayBeDead && !member.IsUnconfirmedListed && member.Confirmed < log.Head)
            GetOrAdd(member).Enter(member, log.Head);
    }

    /// <summary>A new session has joined.</summary>
    /// <returns>Null when it need not wait.</returns>
    public HandOver? TryBegin(Subscription member, long now)
    {
        if (Find(member) is not { } predecessors)
            return null;
        bool isAwaited = predecessors.IsAwaited;
        HandOver? handOver = predecessors.TryBegin(member, log.Tail, now);
        if (handOver is not null && !isAwaited)
            _awaited.Add(predecessors);
        return handOver;
    }

    /// <summary>A member has answered a ping.</summary>
    public void Answered(Subscription member)
    {
        _receipts?.Confirmed(member);
        if (member.IsUnconfirmedListed && Find(member) is { } predecessors)
        {
            predecessors.Leave(member);
            predecessors.Enter(member, log.Head);
            Settle(member, predecessors);
        }
        DropReceiptsWhenEmpty();
    }

    /// <summary>A member has left.</summary>
    /// <param name="member">The member.</param>
    /// <param name="keptFrom">From this offset on all is kept for the next HELLO of its token.</param>
    public void Left(Subscription member, long keptFrom)
    {
        _receipts?.Left(member, keptFrom);
        if (member.IsUnconfirmedListed && Find(member) is { } predecessors)
        {
            predecessors.Leave(member);
            Settle(member, predecessors);
        }
        DropReceiptsWhenEmpty();
    }

    /// <summary>A publisher waits for a message that was appended.</summary>
    public void Add(Receipt receipt, long offset, int sessions, int confirming)
    {
        receipt.Expect(topic, offset, sessions);
        Volatile.Write(ref _lastWaited, offset);
        (_receipts ??= new ReceiptWaits()).Add(receipt, offset, sessions, confirming);
        DropReceiptsWhenEmpty();
    }

    /// <summary>What is known of a message that a publisher waits for; nothing when it knows already.</summary>
    public ReceiptCounts Count(Receipt receipt, long offset, bool forget)
    {
        ReceiptCounts counts = default;
        if (_receipts is not null && _receipts.TryCount(receipt, offset, out counts) && forget)
            _receipts.Forget(receipt, offset);
        DropReceiptsWhenEmpty();
        return counts;
    }

    /// <summary>Some time has passed: who has waited long enough starts, and who has not been asked lately is to be asked.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="sessions">Gets the sessions to ask.</param>
    /// <param name="most">How many at the most.</param>
    /// <returns>True while a new session waits for its start.</returns>
    public bool Look(long now, List<Session> sessions, int most)
    {
        for (int i = _awaited.Count - 1; i >= 0; i--)
        {
            _awaited[i].TakeToAsk(now, sessions, most);
            _awaited[i].Settle(log, now, ref _begun);
            if (!_awaited[i].IsAwaited)
                _awaited.RemoveAt(i);
        }
        return _awaited.Count > 0;
    }

    /// <summary>The members that may be sent messages now; the caller starts them once it has left the lock.</summary>
    public List<HandOver>? TakeBegun()
    {
        List<HandOver>? begun = _begun;
        _begun = null;
        return begun;
    }

    private void Settle(Subscription member, Predecessors predecessors)
    {
        // Time is looked at elsewhere: here somebody has answered or gone.
        predecessors.Settle(log, now: 0, ref _begun);
        if (predecessors.IsUnused && _byToken is not null)
            _byToken.Remove(member.Session.Token);
    }

    private Predecessors? Find(Subscription member) => _byToken is null ? _own : _byToken.GetValueOrDefault(member.Session.Token);

    private Predecessors GetOrAdd(Subscription member)
    {
        if (Find(member) is { } known)
            return known;
        var predecessors = new Predecessors();
        if (_byToken is null)
            _own = predecessors;
        else
            _byToken.Add(member.Session.Token, predecessors);
        return predecessors;
    }

    private void DropReceiptsWhenEmpty()
    {
        if (_receipts is { IsEmpty: true })
            _receipts = null;
    }
}
