using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>What an HTTP connection waits for, since when, and what comes of it when that takes too long.</summary>
/// <remarks>Whoever reads the connection begins waits, whoever sends its answers says when that stalls; any thread may look.</remarks>
internal sealed class HttpDeadline(MonotonicClock clock)
{
    private volatile HttpWait _wait = HttpWait.Head;
    private long _since = clock.Now;
    private long _sendingSince;

    /// <summary>What it waits for.</summary>
    public HttpWait Wait => IsSending ? HttpWait.Send : _wait;

    /// <summary>See <see cref="IConnectionPhase.UnfinishedSince"/>.</summary>
    public long UnfinishedSince => IsSending ? Volatile.Read(ref _sendingSince) : _wait is HttpWait.Head or HttpWait.Body ? Math.Max(1, Volatile.Read(ref _since)) : 0;

    private bool IsSending => Volatile.Read(ref _sendingSince) != 0;

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

    /// <summary>The peer has to take its answers first, whatever else is waited for.</summary>
    public void BeginSend() => Volatile.Write(ref _sendingSince, Math.Max(1, clock.Now));

    /// <summary>It has taken them: the time of what else is waited for begins anew.</summary>
    public void EndSend()
    {
        Volatile.Write(ref _since, clock.Now);
        Volatile.Write(ref _sendingSince, 0);
    }

    /// <summary>The peer has all answers: its time for the next request, or the next line of a batch, begins now.</summary>
    public void Restart()
    {
        if (_wait is HttpWait.Request or HttpWait.Body)
            Volatile.Write(ref _since, clock.Now);
    }

    /// <summary>Whether the time is up.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="lingerTime">How long the peer has to end the connection after its last answer.</param>
    /// <param name="wait">What it waits for.</param>
    public bool IsOver(long now, TimeSpan lingerTime, out HttpWait wait)
    {
        // In this order, the reverse of writing them: a new wait is never measured from the beginning of an old one.
        wait = Wait;
        long since = wait == HttpWait.Send ? Volatile.Read(ref _sendingSince) : Volatile.Read(ref _since);
        TimeSpan? most = wait switch
        {
            HttpWait.Head => Limits.RequestHeadTimeout,
            HttpWait.Request => Limits.KeepAliveTimeout,
            HttpWait.Body => Limits.BodyRateGrace,
            HttpWait.Send when since != 0 => Limits.WriteStallTimeout,
            HttpWait.Linger => lingerTime,
            _ => null,
        };
        return most is { } time && now - since >= time.TotalMilliseconds;
    }
}
