using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Sessions;
using Keker.Server.Observability;

namespace Keker.Server.Broker.Topics;

/// <summary>One session in one topic: a cursor into the topic's log. It holds no message.</summary>
/// <remarks>
/// <see cref="Cursor"/>, <see cref="MarkPinged"/> and <see cref="NextPending"/> belong to the owner of the session's gate, <see cref="Index"/>,
/// <see cref="HasLeft"/>, <see cref="UnconfirmedPlace"/> and <see cref="RestsAt"/> to the topic's lock, <see cref="Confirm"/> to whoever reads the
/// connection.
/// </remarks>
internal sealed class Subscription(Topic topic, Session session)
{
    /// <summary>The place of who is not in <see cref="UnconfirmedMembers"/>.</summary>
    public const int NoPlace = -1;

    private int _pending;

    // Before it joins it is behind nothing.
    private long _cursor = long.MaxValue;
    private SentMessages? _sent;
    private bool _isTracked;
    private bool _hasStart;
    private volatile bool _hasLeft;

    public Topic Topic { get; } = topic;

    public Session Session { get; } = session;

    /// <summary>What tells its client from others.</summary>
    public ClientKey Client => new(Session.Token, Session.Mark);

    /// <summary>Whether what it has not confirmed is kept.</summary>
    public bool IsRetained => Session.IsTracked && Topic.Retains;

    /// <summary>Offset of the next publication to send. Others than the gate's owner read it as a hint only.</summary>
    public long Cursor
    {
        get => Volatile.Read(ref _cursor);
        set
        {
            // Before the cursor moves: who reads them the other way round never sees more confirmed than was.
            _ = Sent;
            Volatile.Write(ref _cursor, value);
        }
    }

    /// <summary>The offset that it set out from: what was before that it is not sent. Any thread.</summary>
    public long Start
    {
        get
        {
            long cursor = Cursor;
            return Volatile.Read(ref _sent)?.Start ?? cursor;
        }
    }

    /// <summary>
    /// What the client may have a part of ends before this offset: it can answer a message before the send has returned that brings it, and the cursor moved.
    /// Others than the gate's owner read it as a hint only.
    /// </summary>
    public long OfferedTo => Math.Max(Cursor, Volatile.Read(ref _sent)?.Offered ?? 0);

    /// <summary>Messages before an offset are being handed to the kernel, or a part of the last of them was.</summary>
    public void Offer(long offset) => Sent.Offered = offset;

    /// <summary>What its client cannot take and is not sent; null for nothing. Set under the topic's lock, before it is sent anything.</summary>
    public SkippedMessages? Skipped => _sent?.Skipped;

    /// <summary>The broken position that it has taken over, which ends with it; null for none. The topic's lock guards it.</summary>
    public BrokenPosition? Taken
    {
        get => Volatile.Read(ref _sent)?.Taken;
        set
        {
            if (value is not null || Taken is not null)
                Sent.Taken = value;
        }
    }

    /// <summary>Its own position while it counts as broken because it does not answer; null where it does. The topic's lock guards it.</summary>
    public BrokenPosition? Suspected
    {
        get => Volatile.Read(ref _sent)?.Suspected;
        set
        {
            if (value is not null || Suspected is not null)
                Sent.Suspected = value;
        }
    }

    /// <summary>Set where it began with messages: without it, what its client went away from is not known to be something it got again.</summary>
    public Redelivery? Redelivery => _sent?.Redelivery;

    /// <summary>
    /// Before this offset it is sent only what its topic keeps for newcomers, and nothing of it is owed: who comes again gets that again. Of the log it needs what
    /// is at this offset and after it. 0 for most, who begin with nothing that is kept. It does not change once it has started.
    /// </summary>
    public long LiveFrom => Volatile.Read(ref _sent)?.LiveFrom ?? 0;

    /// <summary>The offset of the next publication to send out of the log.</summary>
    public long LogCursor => Math.Max(Cursor, LiveFrom);

    /// <summary><see cref="LiveFrom"/> while its cursor is before that; else 0.</summary>
    public long KeptEnd => LiveFrom is var live && Cursor < live ? live : 0;

    /// <summary>Whether its client is told what is missing before <see cref="LiveFrom"/>: it has had what was before that.</summary>
    public bool TellsLosses => _sent is { TellsLosses: true };

    /// <summary>Everything before this offset that it was sent has arrived: a pong has proved it, or time has passed. Where nothing is tracked, the offset after all there is.</summary>
    public long Arrived
    {
        get
        {
            long cursor = Cursor;
            return Volatile.Read(ref _sent) is { } sent ? sent.Arrived : _isTracked ? cursor : long.MaxValue;
        }
    }

    /// <summary>From this offset on it needs the log: what it has not confirmed, and where its client has ids what that may not have handled. Under the topic's lock.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    public long NeededFrom(long now)
    {
        long confirmed = Confirmed;
        return _sent?.Handled is { } handled ? Math.Max(LiveFrom, Math.Min(confirmed, handled.HandledTo(Arrived, now))) : confirmed;
    }

    /// <summary>Of what is owed to it all before this offset has arrived.</summary>
    public long Confirmed => Math.Max(Arrived, LiveFrom);

    /// <summary>True once its cursor is where it sets out from for good. Before, it may be taken back behind what a ping went out for.</summary>
    public bool HasStartOffset
    {
        get => Volatile.Read(ref _hasStart);
        set => Volatile.Write(ref _hasStart, value);
    }

    /// <summary>What the answer to the last ping confirms: everything before it. Others than the gate's owner read it as a hint only.</summary>
    public long BarrierCursor => Volatile.Read(ref _sent)?.BarrierCursor ?? 0;

    /// <summary>A ping goes out behind everything before an offset; the answer is to confirm that.</summary>
    public void MarkPinged(long offset) => Sent.BarrierCursor = HasStartOffset ? offset : 0;

    /// <summary>A ping goes out behind everything before the cursor. Where nothing was sent there is nothing to confirm.</summary>
    public void MarkPinged()
    {
        // In this order: a cursor from before its start was settled says nothing of what it is sent after that.
        bool hasStart = HasStartOffset;
        if (_sent is { } sent)
            sent.BarrierCursor = hasStart ? Cursor : 0;
    }

    /// <summary>Something was sent of which nobody knows whether it has arrived. A hint without the gate.</summary>
    public bool IsUnconfirmed => Arrived < Cursor;

    /// <summary>True once it is no member any more. Any thread may read it.</summary>
    public bool HasLeft
    {
        get => _hasLeft;
        set => _hasLeft = value;
    }

    /// <summary>Whether its client could be dead without anybody knowing, and another session have to get what it did not.</summary>
    public bool MayBeDead { get; private set; }

    /// <summary>What is known of what it was sent; made with the first message, by whoever is first.</summary>
    private SentMessages Sent
    {
        get
        {
            if (Volatile.Read(ref _sent) is { } sent)
                return sent;
            long cursor = Cursor;
            HandledMessages? handled = _isTracked && Session.Variant == Variant.Tagged ? new HandledMessages(cursor) : null;
            Interlocked.CompareExchange(ref _sent, new SentMessages(_isTracked ? cursor : long.MaxValue, cursor, handled), null);
            return _sent;
        }
    }

    /// <summary>Whether there may be another session of its token. A hint.</summary>
    public bool HasCompanions => Session.OwnTopic is { Topic.MemberCount: > 1 };

    /// <summary>Its place in <see cref="UnconfirmedMembers"/>.</summary>
    public int UnconfirmedPlace
    {
        get => Volatile.Read(ref _sent)?.UnconfirmedPlace ?? NoPlace;
        set => Sent.UnconfirmedPlace = value;
    }

    /// <summary>Whether it is in <see cref="UnconfirmedMembers"/>. A hint without the lock.</summary>
    public bool IsUnconfirmedListed => UnconfirmedPlace != NoPlace;

    /// <summary>What is waited for before this offset it has confirmed, or it was not there yet: see <see cref="ReceiptWaits"/>.</summary>
    public long RestsAt
    {
        get
        {
            long cursor = Cursor;
            return Volatile.Read(ref _sent)?.RestsAt ?? cursor;
        }
        set
        {
            if (Volatile.Read(ref _sent) is not null || value != Cursor)
                Sent.RestsAt = value;
        }
    }

    /// <summary>Slot in the topic's member table.</summary>
    public int Index { get; set; }

    /// <summary>Link of the session's list of subscriptions that wait to be flushed.</summary>
    public Subscription? NextPending { get; set; }

    /// <summary>True while the subscription is in its session's list: whoever owns the session's gate will flush it up to the head.</summary>
    public bool IsPending => Volatile.Read(ref _pending) != 0;

    /// <summary>Sets out from an offset; under the topic's lock, before it is sent anything.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="skipped">Messages that it is not sent; null for none.</param>
    public void SetStartOffset(long offset, SkippedMessages? skipped = null)
    {
        _isTracked = Session.IsTracked;
        MayBeDead = Session.Confirms && Topic.Retains;
        if (skipped is not null)
            Sent.Skipped = skipped;

        // Before it goes back behind where it was: what it rests at is not moved with it.
        if (_cursor != long.MaxValue && offset != _cursor)
            _ = Sent;
        Volatile.Write(ref _cursor, offset);
        Volatile.Read(ref _sent)?.Begin(offset, _isTracked);
    }

    /// <summary>What the topic keeps is sent first, from an offset before its start; under the topic's lock, before it is sent anything.</summary>
    public void BeginBefore(long offset, bool tellsLosses)
    {
        Sent.LiveFrom = _cursor;
        Sent.TellsLosses = tellsLosses;
        SetStartOffset(offset, Sent.Skipped);
    }

    /// <summary>It has joined: what it is sent first its client may have got before.</summary>
    public void NoteRedelivery(MonotonicClock clock)
    {
        if (!HasStartOffset || Cursor < Topic.Head)
            Sent.Redelivery = new Redelivery(clock, Topic.Head);
    }

    /// <summary>
    /// It is sent something, or is marked as one that will be: who is dead and has companions is to be known as one that may be. Most often it is one
    /// look.
    /// </summary>
    public void NoteUnconfirmed()
    {
        if (MayBeDead && !IsUnconfirmedListed && HasCompanions)
            Topic.Waits.NoteUnconfirmed(this);
    }

    /// <summary>The ping that went out last was answered: what was sent before it has arrived (RFC 6455 5.5.2, 5.5.3). Or as much time has passed as is given to it.</summary>
    public void Confirm()
    {
        if (_isTracked)
            Volatile.Read(ref _sent)?.Confirm();
    }

    /// <summary>Whether the topic has to know of an answer: something is confirmed that was not, or the session was one that may be dead. For who called <see cref="Confirm"/>.</summary>
    public bool TakeAnswer() => Volatile.Read(ref _sent) is { } sent && sent.TakeAnswer();

    /// <summary>Marks it as waiting. Full fence.</summary>
    /// <returns>False when it waits already.</returns>
    public bool TryMarkPending() => Interlocked.Exchange(ref _pending, 1) == 0;

    /// <summary>Full fence: a head read after this is as new as every publication whose pass still saw the mark.</summary>
    public void ClearPending() => Interlocked.Exchange(ref _pending, 0);
}
