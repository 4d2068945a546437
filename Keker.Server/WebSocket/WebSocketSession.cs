using System.Buffers;
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
    private static readonly ReadOnlyMemory<byte> Flooding = "too many messages: subscribers say HELLO and listen"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> InternalError = "internal error: reconnect"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Draining = "server is restarting: reconnect after a random delay"u8.ToArray();

    private readonly Connection _connection;
    private readonly ServerContext _server;
    private readonly FrameReader _frames;
    private readonly Session _session;
    private ArrayBufferWriter<byte>? _hello;
    private FrameBudget _budget;
    private TaskCompletionSource? _pause;
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
        _budget = new FrameBudget(_lastHeard);
        connection.Phase = this;
    }

    private TimeSpan Timeout => _server.Options.Timeout;

    private bool SaidHello => _session.OwnTopic is not null;

    /// <summary>Serves the connection until the peer is gone.</summary>
    public async Task RunAsync()
    {
        PipeReader reader = _connection.Reader;
        var turn = new ReadTurn();

        // The drain may have visited the connection while it was changing from HTTP.
        Interlocked.MemoryBarrier();
        if (_server.IsDraining)
            Drain();
        try
        {
            while (true)
            {
                ValueTask<ReadResult> read = reader.ReadAsync();
                if (turn.IsOver(read.IsCompleted))
                    await Task.Yield();
                ReadResult result = await read.ConfigureAwait(false);
                ReadOnlySequence<byte> input = result.Buffer;
                Read(ref input);
                _session.SendNotes();

                // While it pauses, whole frames are left over: nothing counts as looked at, or they would wait for more to arrive.
                TaskCompletionSource? pause = _pause;
                reader.AdvanceTo(input.Start, pause is null ? result.Buffer.End : input.Start);
                if (pause is not null)
                    await pause.Task.ConfigureAwait(false);
                else if (result.IsCompleted)
                    return;
            }
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
            _server.Log.PeerVanished(e.GetType().Name);
        }
        catch (Exception e)
        {
            _server.Log.InternalError(e);
            _session.RequestClose(CloseCode.InternalError, InternalError);
        }
        finally
        {
            _server.Broker.Unsubscribe(_session);
        }
    }

    public void OnHeartbeat(long now)
    {
        EndPause(now);
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
        while (!_deaf && _pause is null)
        {
            switch (_frames.Read(ref input, SaidHello ? null : _hello ??= new ArrayBufferWriter<byte>(64), control, out int length))
            {
                case FrameEvent.NeedMore:
                    return;
                case FrameEvent.Text:
                    OnText();
                    Spend();
                    break;
                case FrameEvent.Binary:
                    Close(CloseCode.UnsupportedData, BinaryRefused);
                    break;
                case FrameEvent.Ping:
                    _session.NotePong(control[..length]);
                    Spend();
                    break;
                case FrameEvent.Pong:
                    if (!TryTakePong(control[..length]))
                        Spend();
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
        if (_deaf)
            input = input.Slice(input.End);
    }

    /// <summary>Every frame that nobody asked for costs; with nothing left, reading pauses and the peer's own buffers fill up.</summary>
    private void Spend()
    {
        if (!_deaf && !_budget.TrySpend(_server.Clock.Now))
            _pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void EndPause(long now)
    {
        // The reader does not touch the budget while it pauses.
        if (_pause is not { } pause)
            return;
        if (_budget.IsFlooding(now))
            Close(CloseCode.PolicyViolation, Flooding);
        else if (!_budget.Refill(now))
            return;
        _pause = null;
        pause.SetResult();
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

    /// <summary>
    /// A pong is a sign of life when it answers a ping of ours that no earlier one has; behind queued messages it may be late, and then
    /// answers not the latest. Anything else could be sent blindly.
    /// </summary>
    /// <returns>False for a pong that nobody asked for.</returns>
    private bool TryTakePong(ReadOnlySpan<byte> payload)
    {
        if (!_session.IsAnswer(payload, out uint ping) || ping <= _answeredPing)
            return false;
        Volatile.Write(ref _answeredPing, ping);
        Volatile.Write(ref _lastHeard, _server.Clock.Now);
        return true;
    }

    private void Close(ushort code, ReadOnlyMemory<byte> reason)
    {
        _deaf = true;
        _session.RequestClose(code, reason);
    }
}
