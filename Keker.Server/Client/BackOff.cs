namespace Keker.Server.Client;

/// <summary>How long to wait before the next attempt: at random, so that clients who lost the same server do not come back in step, and longer after each failure.</summary>
/// <param name="timeProvider">Tells how long a connection lasted.</param>
/// <param name="random">Chance.</param>
internal sealed class BackOff(TimeProvider timeProvider, Random random)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <summary>A connection that lasted so long was no failure.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);

    private TimeSpan _bound = Least;
    private long? _connected;

    /// <summary>The server has welcomed the client.</summary>
    public void OnWelcome() => _connected ??= timeProvider.GetTimestamp();

    /// <summary>The pause after a connection, or an attempt, that has ended now.</summary>
    public TimeSpan Next()
    {
        if (_connected is { } since && timeProvider.GetElapsedTime(since) >= Lasting)
            _bound = Least;
        _connected = null;
        TimeSpan pause = _bound * random.NextDouble();
        _bound = 2 * _bound < Most ? 2 * _bound : Most;
        return pause;
    }
}
