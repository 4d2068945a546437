using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>So many lines of one kind a second, then one that says how many were left out: strangers must not fill a disk, or hide other lines.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LogRates : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly Dictionary<int, LogKind> _kinds = [];
    private readonly int _most;
    private readonly TimeProvider _timeProvider;
    private readonly Action<LogKind> _tell;
    private readonly ITimer _timer;
    private long _begun;

    /// <param name="most">Lines of one kind that a second may have.</param>
    /// <param name="timeProvider">What a second is.</param>
    /// <param name="tell">Gets every kind of which lines were left out in a second that is over. Must not log lines that have a rate.</param>
    public LogRates(int most, TimeProvider timeProvider, Action<LogKind> tell)
    {
        _most = most;
        _timeProvider = timeProvider;
        _tell = tell;
        _begun = timeProvider.GetTimestamp();

        // It only runs where something was left out and nothing of that comes any more.
        _timer = timeProvider.CreateTimer(static state => ((LogRates)state!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <returns>False when the line has to be left out.</returns>
    public bool TryTake(EventId id, LogLevel level)
    {
        lock (_gate)
        {
            if (_timeProvider.GetElapsedTime(_begun) >= Second)
                BeginSecond();
            if (!_kinds.TryGetValue(id.Id, out LogKind? kind))
                _kinds.Add(id.Id, kind = new LogKind(id.Name ?? $"{id.Id}", level));
            if (kind.Taken++ < _most)
                return true;
            if (kind.LeftOut++ == 0)
                _timer.Change(Second, Timeout.InfiniteTimeSpan);
            return false;
        }
    }

    /// <summary>Tells what was left out until now.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Tell();
    }

    private void Tell()
    {
        lock (_gate)
            BeginSecond();
    }

    private void BeginSecond()
    {
        _begun = _timeProvider.GetTimestamp();
        foreach (LogKind kind in _kinds.Values)
        {
            if (kind.LeftOut > 0)
                _tell(kind);
            (kind.Taken, kind.LeftOut) = (0, 0);
        }
    }
}
