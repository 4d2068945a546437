using System.Diagnostics;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>
/// The sending side of one connection: whatever goes out, messages of any topic and control frames, goes out whole
/// and one after the other. There is no queue: what a slow reader has not got stays in the topics' logs.
/// </summary>
/// <remarks>
/// <para>
/// Thread-safe. A <see cref="Gate"/> makes one thread the sender; everybody else leaves a note (a subscription on the pending
/// list, a pong, a close request) and the sender acts on it before it leaves. While a send waits for room the gate stays taken:
/// the completion of that send is the sender, so no other frame can get in between.
/// </para>
/// <para>Hence the invariant: whoever takes the gate stands at a frame boundary.</para>
/// </remarks>
internal class Session(ISessionTransport transport, BrokerContext context) : ConfirmingSender(transport, context)
{
    private Gate _gate;
    private PendingList _pending;
    private CloseRequest? _closeRequest;
    private volatile bool _saidGoodbye;

    /// <summary>Names it, among all there are and were. Random: it tells nobody how many there are.</summary>
    public ulong Id { get; } = (ulong)Random.Shared.NextInt64();

    /// <summary>The Close frame asked for, sent or not.</summary>
    public override CloseRequest? CloseRequested => Volatile.Read(ref _closeRequest);

    /// <summary>A flush pass brings one member up to the head that the encoder was begun with.</summary>
    public void Flush(Subscription member, BatchEncoder encoder)
    {
        if (member.IsPending)
        {
            member.NoteUnconfirmed();

            // The owner of the gate has it on its list and will read a head at least as new as ours. Before it has its start it is not
            // slow: it may not move, and will begin with what is there then.
            if (member.HasStartOffset && member.LogCursor < member.Topic.Tail && Variant != Variant.Tagged)
                Overtaken();
            return;
        }
        if (!_gate.TryEnter())
        {
            MarkPending(member);
            if (_gate.TryEnter())
                Resume();
            return;
        }
        bool owns = true;
        try
        {
            if (!IsClosed && CloseRequested is not { AfterLog: false })
                owns = TryFlush(member, encoder);
        }
        catch (Exception e)
        {
            Break(e);
        }

        // Others knock when they leave a note; a barrier that did not fit behind the messages is a note of one's own.
        if (owns && (IsClosed || HasPendingControl || CloseRequested is { AfterLog: false } || !_gate.TryLeave()))
            Resume();
    }

    /// <summary>Starts a member that was marked as pending when it joined: what was cached goes out, then what is live.</summary>
    public virtual void Deliver(Subscription member)
    {
        _pending.Push(member);
        Wake();
    }

    /// <summary>
    /// The client has said goodbye by a Close with 1000 or without a code: where it has confirmed everything, nothing is kept for it. Before the close is requested.
    /// </summary>
    public void SaidGoodbye() => _saidGoodbye = true;

    /// <summary>Asks for a Close frame; the first request wins.</summary>
    /// <param name="code">Close code.</param>
    /// <param name="reason">UTF-8, at most 123 bytes, not changed afterwards.</param>
    /// <param name="afterLog">True: everything up to the head goes out first.</param>
    public void RequestClose(ushort code, ReadOnlyMemory<byte> reason, bool afterLog = false)
    {
        var request = new CloseRequest(code, reason, afterLog, Context.Clock.Now);
        if (Interlocked.CompareExchange(ref _closeRequest, request, null) is { } earlier)
        {
            // A drain waits for the log; anything else does not, and replaces it.
            if (!earlier.AfterLog || afterLog || Interlocked.CompareExchange(ref _closeRequest, request, earlier) != earlier)
                return;
        }
        if (code == CloseCode.TryAgainLater && (reason.IsEmpty || reason.Equals(CloseRequest.SlowConsumer)))
            Context.Counters.SlowConsumers.Increment();

        // Whoever is about to be closed gets nothing any more: to publishers it is gone, and what they send is cached for its next HELLO.
        if (!afterLog)
            LeaveTopics();
        Wake();
    }

    /// <summary>The session is a member of its own topic and of the broadcast, where it has them. Called once, before it joins others.</summary>
    public void Joined()
    {
        Context.Counters.SessionsByMode[Variant.Mode()].Add(Weight);
        OwnTopic?.NoteRedelivery(Context.Clock);
        if (!Topics.TryJoin())
            Leave();
    }

    /// <summary>The session is in one more topic.</summary>
    public void Joined(Subscription member)
    {
        member.NoteRedelivery(Context.Clock);
        if (!Topics.TryAdd(member))
            member.Topic.Leave(member, IsBreak);
    }

    /// <summary>The session has left a topic.</summary>
    public void Left(Subscription member) => Topics.Remove(member);

    /// <summary>The connection is gone: nothing is sent any more, pending subscriptions are let go of.</summary>
    /// <param name="byClient">True where the client ended it by FIN or RST.</param>
    public void Disconnected(bool byClient = false)
    {
        if (byClient && CloseRequested is null)
            WentAway();
        MarkClosed();
        LeaveTopics();
        Wake();
    }

    private void LeaveTopics()
    {
        if (Topics.TryLeave())
            Leave();
    }

    private void Leave()
    {
        bool isBreak = IsBreak;
        Topics.Leave(isBreak, isBreak ? FindRefused() : null);
        Context.Counters.SessionsByMode[Variant.Mode()].Add(-Weight);
        Context.Breaks.DropOverBound();
    }

    /// <summary>As how many sessions it counts: 0 for who only looks on.</summary>
    protected virtual int Weight => 1;

    private bool IsBreak => IsTracked && (!_saidGoodbye || Topics.IsUnconfirmed);

    protected override void Wake()
    {
        if (_gate.TryEnter())
            Resume();
    }

    protected override void MarkPending(Subscription member)
    {
        if (!member.TryMarkPending())
            return;
        member.Topic.MemberPending();
        _pending.Push(member);
        member.NoteUnconfirmed();
    }

    protected override void Overtaken() => RequestClose(CloseCode.TryAgainLater, CloseRequest.SlowConsumer);

    protected override void Failed() => RequestClose(CloseCode.InternalError, CloseRequest.InternalError);

    /// <summary>
    /// The owner of the gate does all there is to do and leaves, or goes with a send that waits for room. What goes wrong ends this session: the gate is
    /// left all the same.
    /// </summary>
    protected override void Resume()
    {
        BatchEncoder? encoder = null;
        bool owns = true;
        while (owns)
        {
            try
            {
                owns = TrySendAll(ref encoder);
            }
            catch (Exception e)
            {
                Break(e);
            }
            if (owns && _gate.TryLeave())
                break;
        }
        encoder?.Return(Context);
    }

    /// <summary>Something went wrong that nobody expected, maybe in the middle of a frame: nothing can follow it.</summary>
    private void Break(Exception exception)
    {
        Context.Report(exception);
        GiveUp();
    }

    /// <returns>False when a send waits for room: the gate is no longer the caller's.</returns>
    private bool TrySendAll(ref BatchEncoder? encoder)
    {
        while (true)
        {
            if (IsClosed)
            {
                LetGo();
                return true;
            }
            CloseRequest? close = CloseRequested;
            if (close is { AfterLog: false })
            {
                if (!TrySendClose(close))
                    return false;
                continue;
            }
            if (!TrySendControl(out bool anySent))
                return false;
            if (anySent)
                continue;
            if (TakeDirectMessage() is { } direct)
            {
                if (!TrySendDirectMessage(direct))
                    return false;
                continue;
            }
            if (_pending.Pop() is { } member)
            {
                if (!TryFlushPending(member, encoder ??= Context.Encoders.Get()))
                    return false;
                continue;
            }
            if (close is null)
                return true;

            // Who waits for its start will be woken then; what it is to begin with was published before the close.
            if (Topics.IsAnyWithoutStart)
                return true;

            // Appended, and its pass has yet to come here: that is before the close, too.
            if (MarkAllBehind())
            {
                // Marked and not on the list: whoever marked it is about to put it there and to wake this session.
                if (_pending.IsEmpty)
                    return true;
                continue;
            }
            if (!TrySendClose(close))
                return false;
        }
    }

    private bool TryFlushPending(Subscription member, BatchEncoder encoder)
    {
        encoder.Begin(member.Topic, member.Topic.Head, Context.Clock.Now);

        // Who unsubscribed while it waited gets nothing that came since, and what it has not got it does not want.
        bool sent = member.HasLeft || TryFlush(member, encoder);
        if (sent && !member.HasLeft && member.IsUnconfirmed && IsBarrierDue(encoder.Now))
            RequestPing();

        // After the flush: a member that waits again was counted again first, so the count never dips to zero between.
        NoteCaughtUp(member);
        return sent;
    }

    private void LetGo()
    {
        while (TakeDirectMessage() is { } direct)
            direct.Done.SetResult();
        while (_pending.Pop() is { } member)
            NoteCaughtUp(member);
    }

    /// <summary>Never throws: the gate may be somebody else's by now.</summary>
    private void NoteCaughtUp(Subscription member)
    {
        try
        {
            member.Topic.MemberCaughtUp();
        }
        catch (Exception e)
        {
            Context.Report(e);
        }
    }

    /// <summary>Sends what ends the session, after which nothing goes out. For the owner of the gate.</summary>
    /// <returns>False when it waits for room: the gate is no longer the caller's.</returns>
    protected virtual bool TrySendClose(CloseRequest close)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxControlFrameLength];
        return TrySendFrame(frame[..FrameWriter.WriteClose(frame, close.Code, close.Reason.Span)], isClose: true);
    }
}
