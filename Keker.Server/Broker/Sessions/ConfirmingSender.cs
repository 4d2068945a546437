using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>
/// Adds control frames to a <see cref="FrameSender"/>: pongs, and pings, which are barriers: the answer to one proves that the messages before
/// it have arrived.
/// </summary>
/// <remarks>What is not said to be for the owner of the session's gate, or for whoever reads the connection, is thread-safe.</remarks>
internal abstract class ConfirmingSender(ISessionTransport transport, BrokerContext context) : FrameSender(transport, context)
{
    private PendingControl _control = new();
    private PingBarrier _barrier = new();
    private Break _break;
    private CloseHandshake _handshake;
    private DirectMessage? _directMessage;

    /// <summary>The subscriptions of the session.</summary>
    protected SessionTopics Topics = new();

    /// <summary>The session's own topic, from HELLO on.</summary>
    public Subscription? OwnTopic
    {
        get => Topics.Own;
        set => Topics.Own = value;
    }

    /// <summary>The broadcast, from HELLO on.</summary>
    public Subscription? Broadcast
    {
        get => Topics.Broadcast;
        set => Topics.Broadcast = value;
    }

    /// <summary>What it said in its HELLO; empty before.</summary>
    public byte[] Token => Topics.Own?.Topic.Name ?? [];

    /// <summary>Whether it may subscribe to one more topic.</summary>
    public bool HasRoomForTopic => Topics.Named.Length < BrokerLimits.MostTopics;

    /// <summary>Its subscription to a topic by name, or null.</summary>
    public Subscription? Find(Topic topic) => Topics.Find(topic);

    /// <summary>Whether the client answers pings, which proves what has arrived. Set before it joins a topic.</summary>
    public bool Confirms { get; init; }

    /// <summary>Whether it is found out, or assumed after a time, what has arrived: until then that is kept.</summary>
    public virtual bool IsTracked => Confirms;

    /// <summary>The client has sent a Close with another code. Before the close is requested.</summary>
    public void ClosedByClient(ushort code) => _break = new Break(code, IsByClient: true);

    /// <summary>The client ended the connection without a Close.</summary>
    protected void WentAway() => _break = new Break(ClientCode: 0, IsByClient: true);

    /// <summary>The number of the latest ping; 0 before the first.</summary>
    public uint LatestPing => _control.LatestPing;

    /// <summary>Notes the answer to a Ping; <see cref="SendPendingControl"/> sends it.</summary>
    /// <param name="payload">At most 125 bytes; copied.</param>
    public void AddPong(ReadOnlySpan<byte> payload) => _control.AddPong(payload);

    /// <summary>Sends the pong that was noted; while nothing can be sent a later one takes its place.</summary>
    public void SendPendingControl()
    {
        if (HasPendingControl)
            Wake();
    }

    /// <summary>Sends a ping, unless one is under way: at most one is. Every ping is a barrier.</summary>
    public void SendPing()
    {
        if (!_barrier.IsAnswered(LatestPing))
            return;
        _control.AddPing();
        Wake();
    }

    /// <summary>Somebody waits for a confirmation of what was sent: a barrier goes out as soon as one may.</summary>
    public void WantBarrier()
    {
        _barrier.Want();
        Wake();
    }

    /// <summary>Asks for the confirmation of what was sent a while ago. The heartbeat calls it.</summary>
    public void ConfirmQuiet(long now)
    {
        if (Confirms && Topics.IsUnconfirmed && _barrier.IsDue(LatestPing, now))
            SendPing();
    }

    /// <summary>When the last ping went out, in milliseconds of the clock.</summary>
    public long PingedAt => _barrier.SentAt;

    /// <summary>Its token has another session from now on.</summary>
    public void NoteNamedUnconfirmed() => Topics.NoteNamedUnconfirmed();

    /// <summary>When the ping went out that the client has not answered, in milliseconds of the clock; null when there is none.</summary>
    public long? UnansweredSince
    {
        get
        {
            uint ping = LatestPing;
            if (_barrier.IsAnswered(ping))
                return null;
            long sentAt = _barrier.SentAt;

            // Taken back meanwhile: then the time may be that of the ping before.
            return LatestPing == ping ? sentAt : null;
        }
    }

    /// <summary>
    /// Takes a pong: it counts when it answers the ping under way. Whatever went out before that ping has arrived.
    /// For whoever reads the connection.
    /// </summary>
    /// <returns>False when it answers nothing: it could have been sent blindly.</returns>
    public bool TryTakePong(ReadOnlySpan<byte> payload)
    {
        if (!_control.IsAnswer(payload, out uint ping) || ping != LatestPing || _barrier.IsAnswered(ping))
            return false;
        Topics.Confirm();
        _barrier.Answered(ping);
        Topics.Release();
        if (_barrier.IsWanted)
            Wake();
        return true;
    }

    /// <summary>Whether a control frame is due.</summary>
    protected bool HasPendingControl => _control.IsAnyDue;

    /// <summary>
    /// Sends a message that is in no topic, between the frames of those that are. Of several that wait there is no order: whoever sends more than one waits for the
    /// one before.
    /// </summary>
    /// <param name="frame">The whole frame; not changed until the task completes.</param>
    /// <returns>Completes when it is sent, or when the session has ended.</returns>
    public Task SendAsync(ReadOnlyMemory<byte> frame)
    {
        var direct = new DirectMessage(frame);
        do
            direct.Next = Volatile.Read(ref _directMessage);
        while (Interlocked.CompareExchange(ref _directMessage, direct, direct.Next) != direct.Next);
        Wake();
        return direct.Done.Task;
    }

    /// <summary>A message in no topic that waits to be sent, or null. For the owner of the gate.</summary>
    protected DirectMessage? TakeDirectMessage()
    {
        while (Volatile.Read(ref _directMessage) is { } direct)
        {
            if (Interlocked.CompareExchange(ref _directMessage, direct.Next, direct) == direct)
                return direct;
        }
        return null;
    }

    /// <summary>What it subscribes to now: its token, the broadcast, the topics that it asked for. Any thread.</summary>
    public Subscription[] Subscriptions()
    {
        List<Subscription> all = [.. Topics.Named];
        if (Broadcast is { } broadcast)
            all.Insert(0, broadcast);
        if (OwnTopic is { } own)
            all.Insert(0, own);
        return [.. all];
    }

    /// <summary>The names of the topics that it asked for, as they are at one moment. Any thread.</summary>
    public byte[][] TopicNames()
    {
        ReadOnlySpan<Subscription> named = Topics.Named;
        byte[][] names = new byte[named.Length][];
        for (int i = 0; i < names.Length; i++)
            names[i] = named[i].Topic.Name;
        return names;
    }

    /// <summary>The message that the client cannot take, as far as the end of the session tells.</summary>
    protected Refused? FindRefused()
    {
        if (Topics.FindRefused(_break.ClientCode) is not { } refused)
            return null;
        return refused with { Counts = _break.IsByClient && (refused.Member.Redelivery is not { } redelivery || Tells(redelivery, refused)) };
    }

    /// <summary>The client had got the whole message again, and was quick to go.</summary>
    private bool Tells(Redelivery redelivery, Refused refused) =>
        Context.Clock.Now - redelivery.HelloAt <= Skips.MostPatience && redelivery.IsAcknowledged(refused.Offset, AcknowledgedBytes);

    /// <summary>The client's Close has come, answer or not: with both of them through the connection ends at once (RFC 6455 7.1.1).</summary>
    public void ClientClosed()
    {
        if (_handshake.Received())
            FinishSending();
    }

    /// <summary>The Close frame asked for, sent or not.</summary>
    public abstract CloseRequest? CloseRequested { get; }

    /// <summary>
    /// The client is given its time to answer: browsers call a close unclean that ends before their answer. Who has broken the framing is
    /// not listened to any more.
    /// </summary>
    protected override void EndedSending()
    {
        AwaitAnswer();
        if (CloseRequested?.Code == CloseCode.ProtocolError || _handshake.Sent())
            FinishSending();
    }

    /// <summary>Marks whatever has more to be sent. For the owner of the gate.</summary>
    /// <returns>True when there is any.</returns>
    protected bool MarkAllBehind()
    {
        bool any = MarkBehind(OwnTopic) | MarkBehind(Broadcast);
        foreach (Subscription member in Topics.Named)
            any |= MarkBehind(member);
        return any;
    }

    private bool MarkBehind(Subscription? member)
    {
        if (member is null || member.Cursor >= member.Topic.Head)
            return false;
        MarkPending(member);
        return true;
    }

    /// <summary>Something was noted: who owns the gate looks again.</summary>
    protected abstract void Wake();

    protected override void WantBarrierBehindNext() => _barrier.Want();

    protected override bool IsBarrierDue(long now) => Confirms && _barrier.IsDue(LatestPing, now);

    protected override int WriteBarrier(Span<byte> frame, Subscription member, long cursor, long now)
    {
        Topics.MarkPinged(member, cursor);
        _barrier.Sent(now);
        return _control.WritePing(frame);
    }

    protected override void RequestPing() => _control.AddPing();

    protected override void TakeBackBarrier()
    {
        _control.TakeBackPing();
        _barrier.TakeBack();
    }

    /// <summary>Sends the control frame that is due, if one is. For the owner of the gate.</summary>
    /// <returns>False when a send waits for room: the gate is no longer the caller's.</returns>
    protected virtual bool TrySendControl(out bool anySent)
    {
        if (_barrier.IsWanted && _barrier.IsDue(LatestPing, Context.Clock.Now))
            _control.AddPing();
        Span<byte> frame = stackalloc byte[FrameWriter.MaxControlFrameLength];
        int length = _control.TakePong(frame);
        if (length == 0 && _control.TryTakePing(mayPing: _barrier.IsAnswered(LatestPing)))
        {
            // Before it has its number: from then on it counts as unanswered, since this time.
            Topics.MarkPinged();
            _barrier.Sent(Context.Clock.Now);
            length = _control.WritePing(frame);
        }
        anySent = length > 0;
        return !anySent || TrySendFrame(frame[..length], isClose: false);
    }
}
