using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>The phase before HTTP on a TLS listener: first bytes, a place among the handshakes under way, the handshake. Each has its time.</summary>
/// <remarks>One runner; the heartbeat and the drain come from other threads.</remarks>
internal sealed class TlsHandshake : IConnectionPhase
{
    private readonly Connection _connection;
    private readonly HandshakeQueue _queue;
    private readonly MonotonicClock _clock;
    private long _deadline;
    private int _lastStep;
    private int _stalledBeats;

    public TlsHandshake(Connection connection, HandshakeQueue queue, MonotonicClock clock)
    {
        _connection = connection;
        _queue = queue;
        _clock = clock;
        ExpectWithin(Limits.TlsHandshakeTimeout);
        connection.Phase = this;
    }

    /// <summary>Shakes hands. What arrives first is there.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync(TlsUpgrade tls)
    {
        ExpectWithin(Limits.TlsHandshakeQueue);
        await _queue.EnterAsync().ConfigureAwait(false);
        try
        {
            ExpectWithin(Limits.TlsHandshakeTimeout);
            await tls.AuthenticateAsync(_connection).ConfigureAwait(false);
        }
        finally
        {
            _queue.Leave();
            _connection.Phase = null;
        }
    }

    public void OnHeartbeat(long now)
    {
        int step = _connection.HandshakeStep;
        _stalledBeats = step == _lastStep && SocketStream.IsWaitingStep(step) ? _stalledBeats + 1 : 0;
        _lastStep = step;
        if (now >= Volatile.Read(ref _deadline) || (_queue.IsCrowded && _stalledBeats >= Limits.TlsHandshakePatience))
            _connection.Abort();
    }

    public void Drain() => _connection.Abort();

    private void ExpectWithin(TimeSpan time) => Volatile.Write(ref _deadline, _clock.Now + (long)time.TotalMilliseconds);
}
