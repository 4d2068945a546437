using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>What an HTTP connection waits for, since when, and what comes of it when that takes too long.</summary>
/// <remarks>Whoever reads the connection begins waits; any thread may look.</remarks>
internal sealed class HttpDeadline(MonotonicClock clock)
{
    private volatile HttpWait _wait = HttpWait.Head;
    private long _since = clock.Now;

    /// <summary>What it waits for.</summary>
    public HttpWait Wait => _wait;

    /// <summary>See <see cref="IConnectionPhase.UnfinishedSince"/>.</summary>
    public long UnfinishedSince => _wait is HttpWait.Head or HttpWait.Body or HttpWait.Send ? Math.Max(1, Volatile.Read(ref _since)) : 0;

    /// <summary>It waits for something from now on.</summary>
    /// <param name="wait">What.</param>
    /// <param name="restart">Whether the time starts anew where it waits for that already.</param>
    public void Begin(HttpWait wait, bool restart = false)
    {
        if (_wait == wait && !restart)
            return;
        Volatile.Write(ref _since, clock.Now);
        _wait = wait;
    }

    /// <summary>Whether the time is up.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="lingerTime">How long the peer has to end the connection after its last answer.</param>
    /// <param name="wait">What it waits for.</param>
    public bool IsOver(long now, TimeSpan lingerTime, out HttpWait wait)
    {
        // In this order, the reverse of writing them: a new wait is never measured from the beginning of an old one.
        wait = _wait;
        double waited = now - Volatile.Read(ref _since);
        TimeSpan? most = wait switch
        {
            HttpWait.Head => Limits.RequestHeadTimeout,
            HttpWait.Request => Limits.KeepAliveTimeout,
            HttpWait.Body => Limits.BodyRateGrace,
            HttpWait.Send => Limits.WriteStallTimeout,
            HttpWait.Linger => lingerTime,
            _ => null,
        };
        return most is { } time && waited >= time.TotalMilliseconds;
    }
}
