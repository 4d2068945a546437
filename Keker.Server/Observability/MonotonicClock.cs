namespace Keker.Server.Observability;

/// <summary>Milliseconds of time in which the process ran, unmoved by changes of the wall clock. Thread-safe.</summary>
internal sealed class MonotonicClock(TimeProvider timeProvider)
{
    private readonly long _start = timeProvider.GetTimestamp();
    private long _forgiven;

    /// <summary>Milliseconds since the start, less what was forgiven.</summary>
    public long Now => At(Timestamp);

    /// <summary>This moment, to measure from with <see cref="Since"/>. Never 0.</summary>
    public long Timestamp => timeProvider.GetTimestamp() is var timestamp && timestamp != 0 ? timestamp : 1;

    /// <summary><see cref="Now"/> at a moment that has just been taken.</summary>
    public long At(long timestamp) => (long)timeProvider.GetElapsedTime(_start, timestamp).TotalMilliseconds - Volatile.Read(ref _forgiven);

    /// <summary>The time since a moment, with that in which the process stood still.</summary>
    public TimeSpan Since(long timestamp) => timeProvider.GetElapsedTime(timestamp);

    /// <summary>Wall-clock time in UTC, for people and for the Date header; no deadline depends on it.</summary>
    public DateTimeOffset UtcNow => timeProvider.GetUtcNow();

    /// <summary>A moment of this clock as seconds since 1970, for people.</summary>
    /// <param name="moment">Milliseconds of this clock.</param>
    public double ToUnixSeconds(long moment) => (UtcNow.ToUnixTimeMilliseconds() + moment - Now) / 1000.0;

    /// <summary>A timer that does not run yet: <see cref="ITimer.Change"/> starts it.</summary>
    public ITimer CreateTimer(TimerCallback callback, object state) =>
        timeProvider.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Leaves a time out in which the process stood still, so that no deadline passes because of it.</summary>
    public void Forgive(TimeSpan pause) => Interlocked.Add(ref _forgiven, (long)pause.TotalMilliseconds);
}
