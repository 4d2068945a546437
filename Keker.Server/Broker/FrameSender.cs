using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;

namespace Keker.Server.Broker;

/// <summary>
/// Sends whole frames over one transport, one after the other, and sees those through that the peer had only room for in part.
/// It decides how bytes go out; <see cref="Session"/> decides what, and in which order.
/// </summary>
/// <remarks>
/// Everything but <see cref="WaitingSince"/> is for the owner of the session's gate. A method that answers false has handed the gate over:
/// a send waits for room, its completion is the owner now, and it calls <see cref="Resume"/>.
/// </remarks>
internal abstract class FrameSender(ISessionTransport transport, BrokerContext context)
{
    private bool _closed;
    private long _waitingSince;

    /// <summary>When the peer last made room in a send that waits, in milliseconds of the clock; 0 when nothing waits.</summary>
    public long WaitingSince => Volatile.Read(ref _waitingSince);

    /// <summary>What the client gets its messages as. Set before it joins a topic.</summary>
    public Variant Variant { get; init; }

    /// <summary>What all sessions share.</summary>
    protected BrokerContext Context { get; } = context;

    /// <summary>True once nothing may be sent any more: a Close is out, or the connection is gone.</summary>
    protected bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Nothing is sent any more from now on.</summary>
    protected void MarkClosed() => Volatile.Write(ref _closed, true);

    /// <summary>Whether a barrier should follow the messages that are sent now.</summary>
    protected abstract bool IsBarrierDue(long now);

    /// <summary>Writes a barrier that goes out behind the messages of a member up to an offset.</summary>
    /// <param name="frame">At least <see cref="FrameWriter.MaxControlFrameLength"/> bytes.</param>
    /// <param name="member">The member.</param>
    /// <param name="cursor">Where its cursor will be.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <returns>Length of the frame.</returns>
    protected abstract int WriteBarrier(Span<byte> frame, Subscription member, long cursor, long now);

    /// <summary>A barrier goes out as a frame of its own, before the gate is left.</summary>
    protected abstract void NoteBarrier();

    /// <summary>The barrier did not go out.</summary>
    protected abstract void TakeBackBarrier();

    /// <summary>A member is behind and waits; called before the gate is handed over.</summary>
    protected abstract void MarkPending(Subscription member);

    /// <summary>What a member needs has left the log.</summary>
    protected abstract void Overtaken();

    /// <summary>A send that waited has ended, one way or the other: the gate is the caller's, at a frame boundary.</summary>
    protected abstract void Resume();

    /// <summary>What ends the session is out, and nothing follows it.</summary>
    protected abstract void EndedSending();

    /// <summary>The client is given its time to answer the Close.</summary>
    protected void AwaitAnswer() => transport.CloseSent();

    /// <summary>Half-closes. Once.</summary>
    protected void FinishSending() => transport.FinishSending();

    /// <summary>Brings a member up to the head that the encoder was begun with.</summary>
    /// <returns>False when a send waits for room.</returns>
    protected bool TryFlush(Subscription member, BatchEncoder encoder)
    {
        // Closed: the connection turned out to be gone, and the cursor will never move.
        while (member.Cursor < encoder.Head && !IsClosed)
        {
            Batch? batch = encoder.Get(member.Cursor, Variant);
            if (batch is null)
            {
                if (Variant != Variant.Tagged)
                {
                    Overtaken();
                    return true;
                }
                if (!TrySkip(member))
                    return false;
                continue;
            }
            if (!(transport.CanTrySend ? TrySend(member, batch, encoder) : TryWrite(member, batch, encoder)))
                return false;
        }
        return true;
    }

    /// <summary>Says that what the member needs has left the log, and goes on with what is there.</summary>
    /// <returns>False when a send waits for room.</returns>
    private bool TrySkip(Subscription member)
    {
        Topic topic = member.Topic;
        long tail = topic.Tail;
        byte[] gap = PublicationFrames.Gap(topic, new MessageId(topic.Epoch, member.Cursor), new MessageId(topic.Epoch, tail));
        int sent = transport.CanTrySend ? transport.TrySend(gap) : 0;
        if (sent < 0)
        {
            GiveUp();
            return true;
        }
        member.Cursor = tail;
        return TryFinish(new UnfinishedSend(member, gap.AsMemory(sent), tail));
    }

    /// <summary>Sends a control frame.</summary>
    /// <param name="frame">The whole frame; copied where it has to wait.</param>
    /// <param name="isClose">True when nothing may follow it.</param>
    /// <returns>False when it waits for room.</returns>
    protected bool TrySendFrame(ReadOnlySpan<byte> frame, bool isClose)
    {
        int sent = transport.CanTrySend ? transport.TrySend(frame) : 0;
        if (sent < 0)
        {
            GiveUp();
            return true;
        }
        return TryFinish(new UnfinishedSend(Member: null, frame[sent..].ToArray(), Cursor: 0, IsClose: isClose));
    }

    /// <summary>Sends a message that is in no topic.</summary>
    /// <returns>False when it waits for room.</returns>
    protected bool TrySendEcho(EchoNote echo)
    {
        int sent = transport.CanTrySend ? transport.TrySend(echo.Frame.Span) : 0;
        if (sent < 0)
        {
            GiveUp();
            echo.Done.SetResult();
            return true;
        }
        return TryFinish(new UnfinishedSend(Member: null, echo.Frame[sent..], Cursor: 0, Echo: echo.Done));
    }

    private bool TrySend(Subscription member, Batch batch, BatchEncoder encoder)
    {
        if (batch.End == encoder.Head && IsBarrierDue(encoder.Now))
            return TrySendWithBarrier(member, batch, encoder);
        return TryAdvance(member, batch, encoder, transport.TrySend(batch.Bytes.Span));
    }

    /// <summary>The last messages there are and the ping behind them, in one send.</summary>
    private bool TrySendWithBarrier(Subscription member, Batch batch, BatchEncoder encoder)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxControlFrameLength];
        int length = WriteBarrier(frame, member, batch.End, encoder.Now);
        ReadOnlySpan<byte> bytes = encoder.Append(batch, frame[..length]);
        int sent = transport.TrySend(bytes.IsEmpty ? batch.Bytes.Span : bytes);
        if (sent <= batch.Bytes.Length)
        {
            // Behind whole messages it becomes a frame of its own; behind a part of them it waits for the rest.
            TakeBackBarrier();
            if (sent == batch.Bytes.Length)
                NoteBarrier();
            return TryAdvance(member, batch, encoder, sent);
        }
        TryAdvance(member, batch, encoder, batch.Bytes.Length);
        int rest = bytes.Length - sent;
        return rest == 0 || TryFinish(new UnfinishedSend(Member: null, bytes[^rest..].ToArray(), Cursor: 0));
    }

    /// <summary>Moves the cursor by what was sent of a batch, and sees to the frame that was cut.</summary>
    /// <returns>False when a send waits for room.</returns>
    private bool TryAdvance(Subscription member, Batch batch, BatchEncoder encoder, int sent)
    {
        if (sent == batch.Bytes.Length)
        {
            member.Cursor = batch.End;
            encoder.Delivered += batch.Count;
            return true;
        }
        if (sent < 0)
        {
            GiveUp();
            return true;
        }
        int whole = batch.Cut(sent, out ReadOnlyMemory<byte> rest);
        encoder.Delivered += whole;
        member.Cursor = batch.Start + whole;
        return TryFinish(new UnfinishedSend(member, rest, member.Cursor + 1));
    }

    /// <summary>TLS: one whole write, which may refer to the batch for as long as it is unfinished.</summary>
    private bool TryWrite(Subscription member, Batch batch, BatchEncoder encoder)
    {
        if (batch.End == encoder.Head && IsBarrierDue(encoder.Now))
            NoteBarrier();

        // Over the bound a write refers to one publication, which the log holds anyway, instead of to a batch of its own.
        if (batch.Count == 1 || Context.UnfinishedWrites.Bytes > Context.Limits.UnfinishedWrites)
        {
            batch.Cut(0, out ReadOnlyMemory<byte> frame);
            return TryFinish(new UnfinishedSend(member, frame, batch.Start + 1, frame.Length));
        }
        if (TryFinish(new UnfinishedSend(member, batch.Bytes, batch.End, batch.HeldBytes)))
            return true;
        encoder.Detach(batch);
        return false;
    }

    /// <summary>Sends the rest of what a socket took in part, in steps: each step taken is progress that the deadline goes by.</summary>
    /// <returns>False when it waits for room. True when all is sent or the connection is gone.</returns>
    private bool TryFinish(UnfinishedSend unfinished)
    {
        while (!unfinished.Rest.IsEmpty)
        {
            ValueTask<bool> step = transport.SendAsync(unfinished.NextStep);
            if (!step.IsCompleted)
            {
                WaitFor(step, unfinished);
                return false;
            }
            if (!step.Result)
            {
                GiveUp();
                unfinished.Echo?.SetResult();
                return true;
            }
            unfinished = unfinished.AfterStep;
        }
        if (unfinished.Member is { } member)
        {
            Context.Counters.Delivered.Add(unfinished.Cursor - member.Cursor);
            member.Cursor = unfinished.Cursor;
        }
        Finished(unfinished);
        return true;
    }

    private void WaitFor(ValueTask<bool> step, UnfinishedSend unfinished)
    {
        long count = 0;
        if (unfinished.Member is { } member)
        {
            // What is on its way needs the log no more: the member is as far as the end of this write.
            count = unfinished.Cursor - member.Cursor;
            member.Cursor = unfinished.Cursor;
            MarkPending(member);
        }
        _ = FinishAsync(step, unfinished, count);
    }

    private async Task FinishAsync(ValueTask<bool> step, UnfinishedSend unfinished, long count)
    {
        Context.UnfinishedWrites.Add(unfinished.HeldBytes);
        bool sent;
        do
        {
            Volatile.Write(ref _waitingSince, Context.Clock.Now);
            sent = await step.ConfigureAwait(false);
            unfinished = unfinished.AfterStep;
            if (sent && !unfinished.Rest.IsEmpty)
                step = transport.SendAsync(unfinished.NextStep);
        }
        while (sent && !unfinished.Rest.IsEmpty);
        Volatile.Write(ref _waitingSince, 0);
        Context.UnfinishedWrites.Remove(unfinished.HeldBytes);
        if (sent)
        {
            Context.Counters.Delivered.Add(count);
            Finished(unfinished);
        }
        else
        {
            GiveUp();
            unfinished.Echo?.SetResult();
        }
        Resume();
    }

    private void Finished(UnfinishedSend unfinished)
    {
        unfinished.Echo?.SetResult();
        if (unfinished.IsClose && !Interlocked.Exchange(ref _closed, true))
            EndedSending();
    }

    private void GiveUp()
    {
        MarkClosed();
        transport.Abort();
    }
}
