namespace Keker.Server.Broker;

/// <summary>Everything that waits for confirmations: ten times a second, while there is anything, whoever is late is asked again and deadlines are kept.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ConfirmWaits : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly BrokerContext _context;
    private readonly List<ConfirmWait> _waits = [];

    public ConfirmWaits(BrokerContext context)
    {
        _context = context;
        _timer = context.Clock.CreateTimer(static state => ((ConfirmWaits)state!).Tick(), this);
    }

    /// <summary>Adds one; the caller has asked for the first time.</summary>
    public void Add(ConfirmWait wait)
    {
        lock (_lock)
        {
            _waits.Add(wait);
            if (_waits.Count == 1)
                _timer.Change(Interval, Interval);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        ConfirmWait[] waits;
        lock (_lock)
        {
            _waits.RemoveAll(wait => wait.HasEnded);
            if (_waits.Count == 0)
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            waits = [.. _waits];
        }
        long now = _context.Clock.Now;
        foreach (ConfirmWait wait in waits)
        {
            if (wait.IsOver(now))
                wait.End();
            else
                wait.Ask();
        }
    }
}
