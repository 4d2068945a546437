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
    private int _hasPlace;

    public TlsHandshake(Connection connection, HandshakeQueue queue, MonotonicClock clock)
    {
        _connection = connection;
        _queue = queue;
        _clock = clock;
        UnfinishedSince = clock.Now;
        ExpectWithin(Limits.TlsHandshakeTimeout);
        connection.Phase = this;
    }

    public long UnfinishedSince { get; }

    /// <summary>Shakes hands. What arrives first is there.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync(TlsUpgrade tls)
    {
        ExpectWithin(Limits.TlsHandshakeQueue);
        await _queue.EnterAsync().ConfigureAwait(false);
        Volatile.Write(ref _hasPlace, 1);
        try
        {
            ExpectWithin(Limits.TlsHandshakeTimeout);
            await tls.AuthenticateAsync(_connection).ConfigureAwait(false);
        }
        finally
        {
            GiveUpPlace();
            _connection.Phase = null;
        }
    }

    public void OnHeartbeat(long now)
    {
        int step = _connection.HandshakeStep;
        if (now >= Volatile.Read(ref _deadline))
            _connection.Abort();
        else if (step == _lastStep && SocketStream.IsWaitingStep(step) && _queue.IsCrowded)
            GiveUpPlace();
        _lastStep = step;
    }

    public void Drain() => _connection.Abort();

    public void GiveUp() => _connection.Abort();

    /// <summary>At the end, or when it has waited for its client since the last beat: it goes on, and others do not wait for that client, too.</summary>
    private void GiveUpPlace()
    {
        if (Interlocked.Exchange(ref _hasPlace, 0) != 0)
            _queue.Leave();
    }

    private void ExpectWithin(TimeSpan time) => Volatile.Write(ref _deadline, _clock.Now + (long)time.TotalMilliseconds);
}
