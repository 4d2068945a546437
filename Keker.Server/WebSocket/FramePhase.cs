using System.Buffers;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.WebSocket;

/// <summary>
/// A connection after 101, whatever its route: reads frames, answers pings and closes, and watches the peer's deadlines. What a message
/// means is left to those who derive from it.
/// </summary>
/// <remarks>One reader; the heartbeat and the drain come from other threads.</remarks>
internal abstract class FramePhase : ReadingPhase
{
    private static readonly ReadOnlyMemory<byte> Draining = "server is restarting: reconnect after a random delay"u8.ToArray();

    private long _lastHeard;
    private UnfinishedMessage _unfinished;
    private bool _hasInflated;
    private volatile bool _givesUp;
    private SilenceWatch _silence;
    private int _dropped;
    private FrameReader? _frames;

    protected FramePhase(Connection connection, ServerContext server, Variant variant, bool confirms)
        : base(connection)
    {
        Server = server;
        Session = variant == Variant.Tagged
            ? new TaggedSession(connection, server.Broker.Context) { Confirms = confirms }
            : new Session(connection, server.Broker.Context) { Variant = variant, Confirms = confirms };
        _lastHeard = server.Clock.Now;
    }

    public override long UnfinishedSince => _unfinished.Since;

    protected ServerContext Server { get; }

    protected Session Session { get; }

    /// <summary>Reads the frames; there while input is taken, and for as long as a message is under way.</summary>
    protected FrameReader Frames => _frames!;

    /// <summary>The largest message, as <see cref="FrameReader.MaxMessageBytes"/>.</summary>
    protected abstract int MostMessageBytes { get; }

    /// <summary>As <see cref="FrameReader.MaxFragments"/>.</summary>
    protected abstract int MostFragments { get; }

    /// <summary>Whether the reader may go once a message is over: nothing is read of it afterwards.</summary>
    protected virtual bool LendsReader => true;

    /// <summary>True once a Close went out or came in: what still arrives has no meaning, but for the peer's own Close.</summary>
    protected bool IsDeaf { get; private set; }

    /// <summary>When the peer last gave a sign of life, in milliseconds of the clock.</summary>
    protected long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>Where the payload of the message under way goes.</summary>
    protected abstract MessageBuffer Sink { get; }

    /// <summary>The reason that goes with 1009.</summary>
    protected virtual ReadOnlyMemory<byte> TooBig => CloseReasons.TooBig;

    protected virtual bool IsPinged => true;

    protected override ILogger Log => Server.Log;

    protected override bool IsDraining => Server.IsDraining;

    protected override bool HasHeardEnough => _dropped > Limits.CloseHandshakeBytes;

    /// <summary>While it pauses, and after each message that was inflated, whole frames may be left over.</summary>
    protected override bool HasMoreToTake => _hasInflated || base.HasMoreToTake;

    public override void OnHeartbeat(long now)
    {
        if (Session.CloseRequested is { } close)
        {
            if (CloseDeadline.IsOver(Connection, close, now))
                Connection.Abort();
            return;
        }
        if (_unfinished.IsOverdue(now, Server.Options.Timeout))
        {
            Session.RequestClose(CloseCode.PolicyViolation, CloseReasons.TooLong);
            return;
        }
        TimeSpan timeout = Server.Options.Timeout;
        if (Session.WaitingSince is var waitingSince && waitingSince > 0)
        {
            if (now - waitingSince >= timeout.TotalMilliseconds)
                Session.RequestClose(CloseCode.TryAgainLater, CloseRequest.SlowConsumer);
            else if (IsSilent(now))
                Connection.Abort();
            return;
        }
        if (Session.UnansweredSince is { } since)
        {
            if (now - LastHeard >= timeout.TotalMilliseconds || (now - since >= Limits.PingSuspicion.TotalMilliseconds && IsSilent(now)))
                Connection.Abort();
            return;
        }
        Session.ConfirmQuiet(now);
        if (IsPinged && now - Math.Max(LastHeard, Session.PingedAt) >= timeout.TotalMilliseconds / 2)
            Session.SendPing();
    }

    public override void Drain() => Session.RequestClose(CloseCode.GoingAway, Draining, afterLog: true);

    public override void GiveUp()
    {
        _givesUp = true;
        Session.RequestClose(CloseCode.TryAgainLater, CloseReasons.NoMemory);
        Connection.StopReading();
    }

    protected override void Take(ref ReadOnlySequence<byte> input, bool isEnd)
    {
        _hasInflated = false;
        _frames ??= LentFrameReader.Take(MostMessageBytes, MostFragments, allowCompressed: Session.Variant.IsDeflated());
        if (IsDeaf)
            _dropped = (int)Math.Min(int.MaxValue, _dropped + input.Length);
        ReadFrames(ref input);
        if (Frames.InMessage || (Pause is null && !input.IsEmpty))
            _unfinished.Continue(Server.Clock.Now);
        else
            _unfinished.End();
        if (LendsReader && LentFrameReader.TryGiveBack(_frames))
            _frames = null;
    }

    /// <summary>Nothing is held any more for whoever was given up, but it has its time to answer the Close.</summary>
    protected override bool ListensOn()
    {
        if (!_givesUp)
            return false;
        _givesUp = false;
        IsDeaf = true;
        Forget();
        return Connection.TryResumeReading();
    }

    protected override void OnNoMemory() => Close(CloseCode.TryAgainLater, CloseReasons.NoMemory);

    protected override void OnPauseFailed(Exception failure) => Fail(failure);

    protected override void OnEnded()
    {
        Forget();
        Session.Disconnected(byClient: !Connection.IsAborted);
    }

    protected abstract void OnMessage(OpCode opCode);

    /// <summary>The message under way is over, or there will be no more: nothing is held of it.</summary>
    protected abstract void Forget();

    /// <summary>A ping, or a pong that nobody asked for, has arrived.</summary>
    protected virtual void OnUnaskedFrame()
    {
    }

    /// <summary>The peer has shown that it lives in another way than by a pong: its deadlines start anew.</summary>
    protected void Heard() => Volatile.Write(ref _lastHeard, Server.Clock.Now);

    /// <summary>Closes: nothing that arrives from now on has a meaning.</summary>
    protected void Close(ushort code, ReadOnlyMemory<byte> reason)
    {
        IsDeaf = true;
        Session.RequestClose(code, reason);
    }

    /// <summary>Closes because the peer broke the protocol: that is counted.</summary>
    protected void CloseForError(ushort code, ReadOnlyMemory<byte> reason)
    {
        Server.Counters.ProtocolErrorsByCode[code].Increment();
        Close(code, code == CloseCode.MessageTooBig ? TooBig : reason);
    }

    /// <summary>Inflates a compressed message, with all its checks; a violation closes.</summary>
    /// <param name="opCode">Text is checked for UTF-8.</param>
    /// <param name="deflated">The payload as it came.</param>
    /// <param name="inflated">Gets the message.</param>
    /// <returns>False when it was a violation.</returns>
    protected bool TryInflate(OpCode opCode, ReadOnlyMemory<byte> deflated, MessageBuffer inflated)
    {
        _hasInflated = true;
        (ushort code, ReadOnlyMemory<byte> reason) = InflatedMessage.Inflate(opCode, deflated, Frames.MaxMessageBytes, inflated);
        if (code != 0)
            CloseForError(code, reason);
        return code == 0;
    }

    private void Fail(Exception failure)
    {
        Server.Log.InternalError(failure);
        Close(CloseCode.InternalError, CloseRequest.InternalError);
    }

    /// <summary>Consumes what has arrived, up to a frame that is not complete; after a Close, up to the peer's own.</summary>
    private void ReadFrames(ref ReadOnlySequence<byte> input)
    {
        try
        {
            TakeFrames(ref input);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        // After a Close, in either direction, what still arrives is dropped unread until the peer has closed, too, and ended the connection.
        if (IsDeaf)
            Forget();
        if (!IsDeaf || !Frames.SkipToClose(ref input))
            return;
        Session.ClientClosed();
        input = input.Slice(input.End);
    }

    private void TakeFrames(ref ReadOnlySequence<byte> input)
    {
        Span<byte> control = stackalloc byte[FrameWriter.MaxControlPayload];

        // Inflating takes long: others get their turn before the next frame.
        while (!IsDeaf && Pause is null && !_hasInflated)
        {
            MessageBuffer sink = Sink;
            FrameEvent next = Frames.Read(ref input, sink, control, out int length);
            if (sink.IsStarved)
            {
                Close(CloseCode.TryAgainLater, CloseReasons.NoMemory);
                break;
            }
            if (next != FrameEvent.NeedMore && !Frames.InMessage)
                _unfinished.End();
            switch (next)
            {
                case FrameEvent.NeedMore:
                    if (!Frames.InMessage)
                        Forget();
                    return;
                case FrameEvent.Text:
                    OnMessage(OpCode.Text);
                    break;
                case FrameEvent.Binary:
                    OnMessage(OpCode.Binary);
                    break;
                case FrameEvent.Ping:
                    Session.AddPong(control[..length]);
                    Session.SendPendingControl();
                    OnUnaskedFrame();
                    break;
                case FrameEvent.Pong:
                    if (!TryTakePong(control[..length]))
                        OnUnaskedFrame();
                    break;
                case FrameEvent.Close:
                    Session.ClientClosed();
                    if (Frames.CloseCode is CloseCode.Normal or CloseCode.NoStatus)
                        Session.SaidGoodbye();
                    else
                        Session.ClosedByClient(Frames.CloseCode);

                    // The code comes back, and nothing else goes out any more (RFC 6455 5.5.1).
                    Close(Frames.CloseCode, default);
                    break;
                case FrameEvent.Failed:
                    CloseForError(Frames.FailureCode, Frames.FailureReason.ToArray());
                    break;
            }
        }
    }

    /// <summary>
    /// A pong is a sign of life when it answers the ping that has no answer yet. Anything else could be sent blindly.
    /// </summary>
    /// <returns>False for a pong that nobody asked for.</returns>
    private bool TryTakePong(ReadOnlySpan<byte> payload)
    {
        if (!Session.TryTakePong(payload))
            return false;
        Volatile.Write(ref _lastHeard, Server.Clock.Now);
        return true;
    }

    private bool IsSilent(long now) => _silence.IsSilent(Connection.ReadTcpFigures(), now, Server.Options.Timeout);
}
