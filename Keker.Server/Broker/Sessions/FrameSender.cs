using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>
/// Sends whole frames over one transport, one after the other, and sees those through that the peer had only room for in part.
/// It decides how bytes go out; <see cref="Session"/> decides what, and in which order.
/// </summary>
/// <remarks>
/// Everything but <see cref="WaitingSince"/> is for the owner of the session's gate. A method that answers false has handed the gate over:
/// a send waits for room, its completion is the owner now, and it calls <see cref="Resume"/>.
/// </remarks>
internal abstract class FrameSender(ISessionTransport transport, BrokerContext context) : UnfinishedSender(transport, context)
{

    /// <summary>What the client gets its messages as. Set before it joins a topic.</summary>
    public Variant Variant { get; init; }

    /// <summary>Whether a barrier should follow the messages that are sent now.</summary>
    protected abstract bool IsBarrierDue(long now);

    /// <summary>Writes a barrier that goes out behind the messages of a member up to an offset.</summary>
    /// <param name="frame">At least <see cref="FrameWriter.MaxControlFrameLength"/> bytes.</param>
    /// <param name="member">The member.</param>
    /// <param name="cursor">Where its cursor will be.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <returns>Length of the frame.</returns>
    protected abstract int WriteBarrier(Span<byte> frame, Subscription member, long cursor, long now);

    /// <summary>What is about to be sent is to be confirmed: a barrier goes out behind it, or as soon as the one before is answered.</summary>
    protected abstract void WantBarrierBehindNext();

    /// <summary>A barrier goes out as a frame of its own, before the gate is left.</summary>
    protected abstract void RequestPing();

    /// <summary>The barrier did not go out.</summary>
    protected abstract void TakeBackBarrier();

    /// <summary>What a member needs cannot be made. At a frame boundary.</summary>
    protected abstract void Failed();

    /// <summary>Brings a member up to the head that the encoder was begun with.</summary>
    /// <returns>False when a send waits for room.</returns>
    protected bool TryFlush(Subscription member, BatchEncoder encoder)
    {
        if (member.Cursor < encoder.Head)
        {
            member.NoteUnconfirmed();
            if (member.Topic.IsWaitedFrom(member.Cursor))
                WantBarrierBehindNext();
        }

        // Closed: the connection turned out to be gone, and the cursor will never move.
        while (member.Cursor < encoder.Head && !IsClosed)
        {
            long skipped = member.Skipped?.NextFrom(member.Cursor) ?? long.MaxValue;
            if (!TryEncode(member, encoder, skipped, out Batch? batch))
                return true;
            if (batch is null)
            {
                if (Variant != Variant.Tagged && skipped != member.Cursor)
                {
                    Overtaken();
                    return true;
                }
                bool isSkip = skipped == member.Cursor;
                if (!TryStepTo(member, isSkip ? skipped + 1 : member.Topic.Tail, isLoss: !isSkip || member.Skipped!.IsLoss(skipped)))
                    return false;
                continue;
            }
            if (batch.Start > member.Cursor)
            {
                bool isLoss = batch.LostBefore > member.Cursor && (batch.KeptEnd == 0 || batch.TellsLosses);
                if (!TryStepTo(member, isLoss ? batch.LostBefore : batch.Start, isLoss))
                    return false;
                continue;
            }
            if (!(CanTrySend && batch.Lead is null ? TrySend(member, batch, encoder) : TryWrite(member, batch, encoder)))
                return false;
        }
        return true;
    }

    /// <summary>What the member is sent next; null where that is nothing: it is overtaken, or skips the message.</summary>
    /// <returns>False when that cannot be made: it costs this session.</returns>
    private bool TryEncode(Subscription member, BatchEncoder encoder, long skipped, out Batch? batch)
    {
        batch = null;
        try
        {
            if (skipped != member.Cursor)
                batch = Variant == Variant.EventWithoutId ? EncodeAlone(member, encoder, skipped) : encoder.Get(member.Cursor, Variant, skipped, member.KeptEnd, member.TellsLosses);
            return true;
        }
        catch (Exception e)
        {
            Context.Report(e);
            Failed();
            return false;
        }
    }

    /// <summary>What a member is sent next whose bytes are for this session alone.</summary>
    /// <returns>Null when it was overtaken.</returns>
    protected virtual Batch? EncodeAlone(Subscription member, BatchEncoder encoder, long before) => throw new NotSupportedException();

    /// <summary>What says that messages of a topic are gone for good, where messages have ids.</summary>
    protected virtual byte[] Gap(Subscription member, MessageId from, MessageId to) => PublicationFrames.Gap(Variant, member.Topic, from, to);

    /// <summary>Goes on at another offset: what is between is gone, or the client cannot take it.</summary>
    /// <param name="member">The member.</param>
    /// <param name="to">Where.</param>
    /// <param name="isLoss">Whether it may miss something; where messages have ids it is told so.</param>
    /// <returns>False when a send waits for room.</returns>
    private bool TryStepTo(Subscription member, long to, bool isLoss)
    {
        Topic topic = member.Topic;
        if (topic.IsWaitedFrom(member.Cursor) && member.KeptEnd == 0)
            topic.Waits.NoteMissed(member, member.Cursor, to);
        if (!isLoss || !PublicationFrames.HasIds(Variant, topic))
        {
            member.Cursor = to;
            return true;
        }
        byte[] gap = Gap(member, new MessageId(topic.Epoch, member.Cursor), new MessageId(topic.Epoch, to));
        int sent = CanTrySend ? TrySendBytes(gap) : 0;
        if (sent < 0)
        {
            GiveUp();
            return true;
        }
        member.Cursor = to;
        return TryFinish(new UnfinishedSend(member, gap.AsMemory(sent), to));
    }

    /// <summary>Sends a control frame.</summary>
    /// <param name="frame">The whole frame; copied where it has to wait.</param>
    /// <param name="isClose">True when nothing may follow it.</param>
    /// <returns>False when it waits for room.</returns>
    protected bool TrySendFrame(ReadOnlySpan<byte> frame, bool isClose)
    {
        int sent = CanTrySend ? TrySendBytes(frame) : 0;
        if (sent < 0)
        {
            GiveUp();
            return true;
        }
        return TryFinish(new UnfinishedSend(Member: null, frame[sent..].ToArray(), Cursor: 0, IsClose: isClose));
    }

    /// <summary>Sends a message that is in no topic.</summary>
    /// <returns>False when it waits for room.</returns>
    protected bool TrySendDirectMessage(DirectMessage echo)
    {
        int sent = CanTrySend ? TrySendBytes(echo.Frame.Span) : 0;
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
        member.Offer(batch.End);
        if (batch.End == encoder.Head && IsBarrierDue(encoder.Now))
            return TrySendWithBarrier(member, batch, encoder);
        return TryAdvance(member, batch, encoder, TrySendBytes(batch.Bytes.Span));
    }

    /// <summary>The last messages there are and the ping behind them, in one send.</summary>
    private bool TrySendWithBarrier(Subscription member, Batch batch, BatchEncoder encoder)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxControlFrameLength];
        int length = WriteBarrier(frame, member, batch.End, encoder.Now);
        ReadOnlySpan<byte> bytes = encoder.Append(batch, frame[..length]);
        int sent = TrySendBytes(bytes.IsEmpty ? batch.Bytes.Span : bytes);
        if (sent <= batch.Bytes.Length)
        {
            // Behind whole messages it becomes a frame of its own; behind a part of them it waits for the rest.
            TakeBackBarrier();
            if (!TryAdvance(member, batch, encoder, sent))
                return false;
            if (member.Cursor == batch.End)
                RequestPing();
            return true;
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
            NoteSent(member);
            return true;
        }
        if (sent < 0)
        {
            GiveUp();
            return true;
        }
        int whole = batch.SplitAt(sent, out ReadOnlyMemory<byte> rest, out BuiltFrame? built);
        encoder.Delivered += whole;
        member.Cursor = batch.OffsetAfter(whole);
        if (whole > 0)
            NoteSent(member);
        member.Offer(batch.OffsetAfter(whole + 1));
        return TryFinish(new UnfinishedSend(member, rest, batch.OffsetAfter(whole + 1), Messages: 1, Built: built));
    }

    /// <summary>TLS, or more than one piece: one whole write, which may refer to the batch for as long as it is unfinished.</summary>
    private bool TryWrite(Subscription member, Batch batch, BatchEncoder encoder)
    {
        member.Offer(batch.End);
        if (batch.End == encoder.Head && IsBarrierDue(encoder.Now))
            RequestPing();

        // Over the bound a write refers to one frame, which others refer to as well, instead of to a batch of its own.
        if (batch.Count == 1 || Context.UnfinishedWrites.Bytes > Context.Limits.UnfinishedWrites)
        {
            batch.SplitAt(0, out ReadOnlyMemory<byte> frame, out BuiltFrame? built);
            var send = new UnfinishedSend(member, frame, batch.OffsetAfter(1), Messages: 1, built is null ? frame.Length : 0, built);
            return TryFinish(batch.Lead is { } lead ? send with { Rest = lead, Then = frame } : send);
        }
        if (TryFinish(new UnfinishedSend(member, batch.Bytes, batch.End, batch.Count, batch.HeldBytes)))
            return true;
        encoder.Detach(batch);
        return false;
    }
}
