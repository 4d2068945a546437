using System.Diagnostics;
using Keker.Protocol.WebSocket;

namespace Keker.Server.Broker;

/// <summary>
/// The sending side of one WebSocket connection: whatever goes out, messages of any topic and control frames, goes out whole
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
internal sealed class Session(ISessionTransport transport, BrokerContext context)
{
    private Gate _gate;
    private bool _closed;
    private ControlNotes _control;
    private PendingList _pending;
    private CloseRequest? _closeRequest;
    private long _waitingSince;

    /// <summary>The session's own topic, from HELLO on.</summary>
    public Subscription? OwnTopic { get; set; }

    /// <summary>The broadcast, from HELLO on.</summary>
    public Subscription? Broadcast { get; set; }

    /// <summary>When the peer last made room in a send that waits, in milliseconds of the clock; 0 when nothing waits.</summary>
    public long WaitingSince => Volatile.Read(ref _waitingSince);

    /// <summary>The Close frame asked for, sent or not.</summary>
    public CloseRequest? CloseRequested => Volatile.Read(ref _closeRequest);

    /// <summary>A flush pass brings one member up to the head that the encoder was begun with.</summary>
    public void Flush(Subscription member, BatchEncoder encoder)
    {
        if (member.IsPending)
        {
            // The owner of the gate has it on its list and will read a head at least as new as ours.
            if (member.Topic.HasOvertaken(member.Cursor))
                RequestClose(CloseCode.TryAgainLater, SlowConsumer);
            return;
        }
        if (!_gate.TryEnter())
        {
            MarkPending(member);
            if (_gate.TryEnter())
                SendAll();
            return;
        }
        bool silent = Volatile.Read(ref _closed) || CloseRequested is { AfterLog: false };
        if (silent || TryFlush(member, encoder))
            SendAll();
    }

    /// <summary>Starts a member that was marked as pending when it joined: what was cached goes out, then what is live.</summary>
    public void Start(Subscription member)
    {
        _pending.Push(member);
        Wake();
    }

    /// <summary>Answers a Ping; when several wait the latest is answered (RFC 6455 5.5.3).</summary>
    /// <param name="payload">At most 125 bytes; copied.</param>
    public void SendPong(ReadOnlySpan<byte> payload)
    {
        _control.AddPong(payload);
        Wake();
    }

    /// <summary>Sends a Ping whose payload is the number of pings so far, 4 bytes big-endian.</summary>
    public void SendPing()
    {
        _control.AddPing();
        Wake();
    }

    /// <summary>Asks for a Close frame; the first request wins.</summary>
    /// <param name="code">Close code.</param>
    /// <param name="reason">UTF-8, at most 123 bytes, not changed afterwards.</param>
    /// <param name="afterLog">True: everything up to the head goes out first.</param>
    public void RequestClose(ushort code, ReadOnlyMemory<byte> reason, bool afterLog = false)
    {
        var request = new CloseRequest(code, reason, afterLog, context.Clock.Now);
        if (Interlocked.CompareExchange(ref _closeRequest, request, null) is { } earlier)
        {
            // A drain waits for the log; anything else does not, and replaces it.
            if (!earlier.AfterLog || afterLog || Interlocked.CompareExchange(ref _closeRequest, request, earlier) != earlier)
                return;
        }
        if (code == CloseCode.TryAgainLater)
            context.Counters.SlowConsumers.Increment();
        Wake();
    }

    /// <summary>The number a Pong has to carry to answer the latest Ping.</summary>
    public uint LatestPing => _control.LatestPing;

    /// <summary>The reason that goes with 1013.</summary>
    public static ReadOnlyMemory<byte> SlowConsumer { get; } = "slow consumer: too far behind"u8.ToArray();

    /// <summary>The connection is gone: nothing is sent any more, pending subscriptions are let go of.</summary>
    public void Disconnected()
    {
        Volatile.Write(ref _closed, true);
        Wake();
    }

    private void Wake()
    {
        if (_gate.TryEnter())
            SendAll();
    }

    private void MarkPending(Subscription member)
    {
        if (!member.TryMarkPending())
            return;
        member.Topic.MemberPending();
        _pending.Push(member);
    }

    /// <summary>The owner of the gate does all there is to do and leaves, or goes with a send that waits for room.</summary>
    private void SendAll()
    {
        BatchEncoder? encoder = null;
        while (TrySendAll(ref encoder) && !_gate.TryLeave())
        {
        }
        if (encoder is null)
            return;
        encoder.End(context);
        context.Encoders.Return(encoder);
    }

    /// <returns>False when a send waits for room: the gate is no longer the caller's.</returns>
    private bool TrySendAll(ref BatchEncoder? encoder)
    {
        while (true)
        {
            if (Volatile.Read(ref _closed))
            {
                LetGoOfPending();
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
            if (_pending.Pop() is { } member)
            {
                if (!TryFlushPending(member, encoder ??= context.Encoders.Get()))
                    return false;
                continue;
            }
            if (close is null)
                return true;
            if (!TrySendClose(close))
                return false;
        }
    }

    private bool TryFlushPending(Subscription member, BatchEncoder encoder)
    {
        encoder.Begin(member.Topic, member.Topic.Head);
        bool sent = TryFlush(member, encoder);

        // After the flush: a member that waits again was counted again first, so the count never dips to zero between.
        member.Topic.MemberSettled();
        return sent;
    }

    private void LetGoOfPending()
    {
        while (_pending.Pop() is { } member)
            member.Topic.MemberSettled();
    }

    /// <returns>False when a send waits for room.</returns>
    private bool TryFlush(Subscription member, BatchEncoder encoder)
    {
        while (member.Cursor < encoder.Head)
        {
            Batch? batch = encoder.Get(member.Cursor);
            if (batch is null)
            {
                RequestClose(CloseCode.TryAgainLater, SlowConsumer);
                return true;
            }
            if (!transport.CanTrySend)
            {
                if (!TryWrite(member, batch, encoder))
                    return false;
                continue;
            }
            int sent = transport.TrySend(batch.Bytes.Span);
            if (sent == batch.Bytes.Length)
            {
                member.Cursor = batch.End;
                encoder.Delivered += batch.Count;
                continue;
            }
            if (sent < 0)
            {
                GiveUp();
                return true;
            }
            int whole = batch.Cut(sent, out ReadOnlyMemory<byte> rest);
            member.Cursor = batch.Start + whole;
            encoder.Delivered += whole;
            if (!TryFinish(new UnfinishedSend(member, rest, member.Cursor + 1)))
                return false;
        }
        return true;
    }

    /// <summary>TLS: one whole write, which may refer to the batch for as long as it is unfinished.</summary>
    /// <returns>False when it waits for room.</returns>
    private bool TryWrite(Subscription member, Batch batch, BatchEncoder encoder)
    {
        // Over the bound a write refers to one publication, which the log holds anyway, instead of to a batch of its own.
        if (batch.Count == 1 || context.UnfinishedWrites.Bytes > context.Limits.UnfinishedWrites)
        {
            batch.Cut(0, out ReadOnlyMemory<byte> frame);
            return TryFinish(new UnfinishedSend(member, frame, batch.Start + 1));
        }
        if (TryFinish(new UnfinishedSend(member, batch.Bytes, batch.End)))
            return true;
        encoder.Detach(batch);
        return false;
    }

    private bool TrySendClose(CloseRequest close)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxControlFrameLength];
        return TrySendFrame(frame[..FrameWriter.WriteClose(frame, close.Code, close.Reason.Span)], isClose: true);
    }

    private bool TrySendControl(out bool anySent)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxControlFrameLength];
        int length = _control.Take(frame);
        anySent = length > 0;
        return !anySent || TrySendFrame(frame[..length], isClose: false);
    }

    private bool TrySendFrame(ReadOnlySpan<byte> frame, bool isClose)
    {
        int sent = transport.CanTrySend ? transport.TrySend(frame) : 0;
        if (sent < 0)
        {
            GiveUp();
            return true;
        }
        return TryFinish(new UnfinishedSend(Member: null, frame[sent..].ToArray(), Cursor: 0, isClose));
    }

    /// <summary>Sends the rest of what a socket took in part, in steps: each step taken is progress that the deadline goes by.</summary>
    /// <returns>False when it waits for room: the gate goes with it. True when all is sent or the connection is gone.</returns>
    private bool TryFinish(UnfinishedSend unfinished)
    {
        while (!unfinished.Rest.IsEmpty)
        {
            ValueTask<bool> step = transport.SendAsync(unfinished.NextStep);
            if (!step.IsCompleted)
            {
                if (unfinished.Member is { } member)
                    MarkPending(member);
                _ = FinishAsync(step, unfinished);
                return false;
            }
            if (!step.Result)
            {
                GiveUp();
                return true;
            }
            unfinished = unfinished.AfterStep;
        }
        Finished(unfinished);
        return true;
    }

    private async Task FinishAsync(ValueTask<bool> step, UnfinishedSend unfinished)
    {
        long heldBytes = transport.CanTrySend ? 0 : unfinished.Rest.Length;
        context.UnfinishedWrites.Add(heldBytes);
        bool sent;
        do
        {
            Volatile.Write(ref _waitingSince, context.Clock.Now);
            sent = await step.ConfigureAwait(false);
            unfinished = unfinished.AfterStep;
            if (sent && !unfinished.Rest.IsEmpty)
                step = transport.SendAsync(unfinished.NextStep);
        }
        while (sent && !unfinished.Rest.IsEmpty);
        Volatile.Write(ref _waitingSince, 0);
        context.UnfinishedWrites.Remove(heldBytes);
        if (sent)
            Finished(unfinished);
        else
            GiveUp();
        SendAll();
    }

    private void Finished(UnfinishedSend unfinished)
    {
        if (unfinished.Member is { } member)
        {
            context.Counters.Delivered.Add(unfinished.Cursor - member.Cursor);
            member.Cursor = unfinished.Cursor;
        }
        if (unfinished.IsClose && !Interlocked.Exchange(ref _closed, true))
            transport.FinishSending();
    }

    private void GiveUp()
    {
        Volatile.Write(ref _closed, true);
        transport.Abort();
    }
}
