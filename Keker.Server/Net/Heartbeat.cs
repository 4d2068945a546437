using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>The one timer: once a second it visits every connection and everything else that has a deadline.</summary>
/// <remarks>A beat that takes longer than a second makes the next ones wait, never overlap.</remarks>
internal sealed class Heartbeat : IDisposable
{
    /// <summary>A gap this long means that the process, not its peers, stood still (SIGSTOP, a suspended machine).</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConnectionTable _connections;
    private readonly MonotonicClock _clock;
    private readonly TimeSpan _interval;
    private readonly Action _other;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private long _lastBeat;
    private int _beating;

    /// <param name="connections">Visited at every beat.</param>
    /// <param name="clock">What deadlines are measured by.</param>
    /// <param name="timeProvider">Makes the timer.</param>
    /// <param name="interval">Time between beats.</param>
    /// <param name="other">Runs at every beat: expiry of the cache.</param>
    /// <param name="log">Gets what should not have happened.</param>
    public Heartbeat(ConnectionTable connections, MonotonicClock clock, TimeProvider timeProvider, TimeSpan interval, Action other, ILogger log)
    {
        _log = log;
        _connections = connections;
        _clock = clock;
        _interval = interval;
        _other = other;
        _lastBeat = clock.Now;
        _timer = timeProvider.CreateTimer(static state => ((Heartbeat)state!).Beat(), this, interval, interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        if (Interlocked.Exchange(ref _beating, 1) != 0)
            return;
        long now = _clock.Now;
        var gap = TimeSpan.FromMilliseconds(now - _lastBeat);
        if (gap > Pause)
        {
            // Peers had no chance to be heard meanwhile: their deadlines move on by the time that was lost.
            _clock.Forgive(gap - _interval);
            now = _clock.Now;
        }
        _lastBeat = now;
        _connections.Visit(connection => Visit(connection, now));
        try
        {
            _other();
        }
        catch (Exception e)
        {
            _log.Unexpected(e);
        }
        Volatile.Write(ref _beating, 0);
    }

    private void Visit(Connection connection, long now)
    {
        try
        {
            connection.Beat(now);
        }
        catch (Exception e)
        {
            // Whatever goes wrong with one, the others' deadlines are kept.
            _log.Unexpected(e);
        }
    }
}
