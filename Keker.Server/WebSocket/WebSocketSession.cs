using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.WebSocket;

/// <summary>A connection after 101: reads frames, takes HELLO, answers pings and closes, and watches the peer's deadlines.</summary>
/// <remarks>One reader; the heartbeat and the drain come from other threads.</remarks>
internal sealed class WebSocketSession : IConnectionPhase
{
    private static readonly ReadOnlyMemory<byte> MalformedHello = "expected: HELLO <AUTH_INFO>"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> BinaryRefused = "binary messages are not accepted"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Draining = "server is restarting: reconnect after a random delay"u8.ToArray();

    private readonly Connection _connection;
    private readonly ServerContext _server;
    private readonly FrameReader _frames;
    private readonly Session _session;
    private ArrayBufferWriter<byte>? _hello;
    private bool _deaf;
    private uint _answeredPing;
    private long _lastHeard;
    private long _lastPing;

    public WebSocketSession(Connection connection, ServerContext server)
    {
        _connection = connection;
        _server = server;
        _session = new Session(connection, server.Broker.Context);
        _frames = new FrameReader(Limits.HelloMessageBytes, Limits.HelloMessageFragments);
        _lastHeard = _lastPing = server.Clock.Now;
        connection.Phase = this;
    }

    private TimeSpan Timeout => _server.Options.Timeout;

    private bool SaidHello => _session.OwnTopic is not null;

    /// <summary>Serves the connection until the peer is gone.</summary>
    public async Task RunAsync()
    {
        PipeReader reader = _connection.Reader;

        // The drain may have visited the connection while it was changing from HTTP.
        Interlocked.MemoryBarrier();
        if (_server.IsDraining)
            Drain();
        try
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
                ReadOnlySequence<byte> input = result.Buffer;
                Read(ref input);
                reader.AdvanceTo(input.Start, result.Buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
            _server.Log.PeerVanished(e.GetType().Name);
        }
        finally
        {
            _server.Broker.Unsubscribe(_session);
        }
    }

    public void OnHeartbeat(long now)
    {
        if (_session.CloseRequested is { } close)
        {
            if (IsCloseOverdue(close, now))
                _connection.Abort();
            return;
        }
        if (_session.WaitingSince is var waitingSince && waitingSince > 0)
        {
            if (now - waitingSince >= Limits.WriteStallTimeout.TotalMilliseconds)
                _session.RequestClose(CloseCode.TryAgainLater, Session.SlowConsumer);
            return;
        }
        double timeout = Timeout.TotalMilliseconds;
        if (!SaidHello && now - _lastHeard >= timeout)
        {
            _session.RequestClose(CloseCode.PolicyViolation, NoHello(Timeout));
            return;
        }
        if (_session.LatestPing != Volatile.Read(ref _answeredPing) && now - Volatile.Read(ref _lastHeard) >= timeout)
        {
            _connection.Abort();
            return;
        }
        if (SaidHello && now - _lastPing >= timeout / 2)
        {
            _lastPing = now;
            _session.SendPing();
        }
    }

    public void Drain() => _session.RequestClose(CloseCode.GoingAway, Draining, afterLog: true);

    private static ReadOnlyMemory<byte> NoHello(TimeSpan timeout) =>
        System.Text.Encoding.UTF8.GetBytes($"no HELLO within {(long)timeout.TotalSeconds} s");

    private bool IsCloseOverdue(CloseRequest close, long now)
    {
        if (_connection.FinishedSendingAt is var finished && finished > 0)
            return now - finished >= Limits.CloseHandshakeTimeout.TotalMilliseconds;

        // A drain has its own deadline, after which every connection left is ended.
        if (close.AfterLog)
            return false;
        TimeSpan patience = close.Code == CloseCode.TryAgainLater ? Limits.SlowConsumerCloseTimeout : Limits.CloseHandshakeTimeout;
        return now - close.RequestedAt >= patience.TotalMilliseconds;
    }

    /// <summary>Consumes what has arrived, up to a frame that is not complete.</summary>
    private void Read(ref ReadOnlySequence<byte> input)
    {
        Span<byte> control = stackalloc byte[FrameWriter.MaxControlPayload];
        while (!_deaf)
        {
            switch (_frames.Read(ref input, SaidHello ? null : _hello ??= new ArrayBufferWriter<byte>(64), control, out int length))
            {
                case FrameEvent.NeedMore:
                    return;
                case FrameEvent.Text:
                    OnText();
                    break;
                case FrameEvent.Binary:
                    Close(CloseCode.UnsupportedData, BinaryRefused);
                    break;
                case FrameEvent.Ping:
                    _session.SendPong(control[..length]);
                    break;
                case FrameEvent.Pong:
                    OnPong(control[..length]);
                    break;
                case FrameEvent.Close:
                    // The code comes back, and nothing else goes out any more (RFC 6455 5.5.1).
                    Close(_frames.CloseCode, default);
                    break;
                case FrameEvent.Failed:
                    _server.Broker.Context.Counters.ProtocolErrors.Increment();
                    Close(_frames.FailureCode, _frames.FailureReason.ToArray());
                    break;
            }
        }

        // After a Close, in either direction, what still arrives is dropped unread until the peer ends the connection.
        input = input.Slice(input.End);
    }

    private void OnText()
    {
        // Text after HELLO has no meaning yet.
        if (SaidHello)
            return;
        if (HelloCommand.Parse(_hello!.WrittenSpan, out ReadOnlySpan<byte> token) != HelloStatus.Ok)
        {
            Close(CloseCode.PolicyViolation, MalformedHello);
            return;
        }
        _frames.MaxMessageBytes = _server.Options.ReadBuffer;
        _frames.MaxFragments = Limits.MessageFragments;
        _lastHeard = _lastPing = _server.Clock.Now;
        _server.Broker.Subscribe(_session, token);
        if (_server.Log.IsEnabled(LogLevel.Debug))
            _server.Log.SaidHello(LogText.Token(token));
        _hello = null;
    }

    private void OnPong(ReadOnlySpan<byte> payload)
    {
        // Only the answer to the latest ping is a sign of life; anything else could be sent blindly.
        if (payload.Length != sizeof(uint) || BinaryPrimitives.ReadUInt32BigEndian(payload) != _session.LatestPing)
            return;
        Volatile.Write(ref _answeredPing, _session.LatestPing);
        Volatile.Write(ref _lastHeard, _server.Clock.Now);
    }

    private void Close(ushort code, ReadOnlyMemory<byte> reason)
    {
        _deaf = true;
        _session.RequestClose(code, reason);
    }
}
