using System.IO.Pipelines;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Sse;

/// <summary>A connection after the head of an event stream (WHATWG HTML 9.2): a subscriber that listens, and has nothing to say.</summary>
/// <remarks>One reader; the heartbeat and the drain come from other threads.</remarks>
internal sealed class EventStreamPhase : IConnectionPhase
{
    private readonly Connection _connection;
    private readonly ServerContext _server;
    private readonly EventStreamSession _session;
    private readonly byte[] _token;
    private readonly ResumePoint? _resume;
    private long _lastKeepAlive;
    private long _lastLook;
    private SilenceWatch _silence;

    /// <param name="connection">The connection; the head is sent.</param>
    /// <param name="server">What all connections share.</param>
    /// <param name="token">Valid AUTH_INFO.</param>
    /// <param name="after">The id of the last message that the client got, if it says one.</param>
    public EventStreamPhase(Connection connection, ServerContext server, byte[] token, MessageId? after)
    {
        _connection = connection;
        _server = server;
        _token = token;
        _resume = after is { } id ? new ResumePoint(id) : null;
        _session = new EventStreamSession(connection, server.Broker.Context, _resume);
        _lastKeepAlive = server.Clock.Now;
    }

    /// <summary>Serves the connection until the peer is gone.</summary>
    public async Task RunAsync()
    {
        // A subscriber before it can be drained: a stream that was ended first would join its topics all the same.
        _server.Broker.Subscribe(_session, _token, _resume);
        _connection.UncountStranger();
        _connection.Phase = this;
        if (_server.Log.IsEnabled(LogLevel.Debug))
            _server.Log.SaidHello(LogText.Token(_token));

        // The drain may have visited the connection while it was changing from HTTP.
        Interlocked.MemoryBarrier();
        if (_server.IsDraining)
            Drain();
        try
        {
            await ReadToEndAsync(_connection.Reader).ConfigureAwait(false);
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
            _server.Log.PeerVanished(e.GetType().Name);
        }
        finally
        {
            _session.Disconnected(byClient: !_connection.IsAborted);
        }
    }

    public void OnHeartbeat(long now)
    {
        if (_session.CloseRequested is { } close)
        {
            if (CloseDeadline.IsOver(_connection, close, now))
                _connection.Abort();
            return;
        }
        TimeSpan timeout = _server.Options.Timeout;
        long waitingSince = _session.WaitingSince;
        if (waitingSince > 0 && now - waitingSince >= timeout.TotalMilliseconds)
        {
            _session.RequestClose(CloseCode.TryAgainLater, default);
            return;
        }
        if (IsSilent(now))
        {
            _connection.Abort();
            return;
        }
        if (waitingSince > 0)
            return;
        _session.ConfirmOld(now);
        if (now - _lastKeepAlive < timeout.TotalMilliseconds / 2)
            return;
        _lastKeepAlive = now;
        _session.SendKeepAlive();
    }

    public void Drain() => _session.RequestClose(CloseCode.GoingAway, default, afterLog: true);

    /// <summary>A reader of a stream answers nothing: what its machine acknowledges is all there is to know of it.</summary>
    private bool IsSilent(long now)
    {
        if (!_silence.IsSuspicious && now - _lastLook < Limits.StreamSuspicion.TotalMilliseconds)
            return false;
        _lastLook = now;
        return _silence.IsSilent(_connection.ReadTcpFigures(), now, _server.Options.Timeout);
    }

    /// <summary>What a peer says here has no meaning, and is dropped up to a bound: whoever says more has not understood the answer.</summary>
    private static async Task ReadToEndAsync(PipeReader reader)
    {
        long dropped = 0;
        while (dropped <= Limits.ShortLingerBytes)
        {
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            dropped += result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted || result.IsCanceled)
                return;
        }
    }
}
