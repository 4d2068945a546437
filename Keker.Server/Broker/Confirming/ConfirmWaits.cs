using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Confirming;

/// <summary>
/// Everything that waits for confirmations: ten times a second, while there is anything, deadlines are kept, and whoever was not asked before its
/// turn is asked.
/// </summary>
/// <remarks>Thread-safe. A tick that takes longer than its time leaves the next ones out; they never overlap.</remarks>
internal sealed class ConfirmWaits : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly BrokerContext _context;
    private readonly HashSet<Topic> _handingOver = [];
    private readonly List<Receipt> _receipts = [];
    private bool _isRunning;
    private int _ticking;

    public ConfirmWaits(BrokerContext context)
    {
        _context = context;
        _timer = context.Clock.CreateTimer(static state => ((ConfirmWaits)state!).Tick(), this);
    }

    /// <summary>True when no more publishers may wait. A hint: those that have ended lately count, and some may slip in.</summary>
    public bool IsFull => _receipts.Count >= BrokerLimits.MostReceipts;

    /// <summary>A publisher begins to wait.</summary>
    public void Add(Receipt receipt)
    {
        lock (_lock)
        {
            _receipts.Add(receipt);
            StartTicking();
        }
    }

    /// <summary>A new session begins to wait in a topic.</summary>
    public void Add(Topic topic)
    {
        lock (_lock)
        {
            _handingOver.Add(topic);
            StartTicking();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void StartTicking()
    {
        if (_isRunning)
            return;
        _isRunning = true;
        _timer.Change(Interval, Interval);
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
            return;
        try
        {
            long now = _context.Clock.Now;
            foreach (Topic topic in HandingOver())
                Try(() => LookAt(topic, now));
            foreach (Receipt receipt in TakeOverdue(now))
                Try(receipt.End);
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    /// <summary>Whatever goes wrong with one, the others are not forgotten.</summary>
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _context.Report(e);
        }
    }

    private Topic[] HandingOver()
    {
        lock (_lock)
        {
            if (_handingOver.Count == 0 && _receipts.Count == 0)
            {
                _isRunning = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
            return [.. _handingOver];
        }
    }

    private void LookAt(Topic topic, long now)
    {
        // Out of the list before the look: who begins to wait meanwhile puts it there again.
        lock (_lock)
            _handingOver.Remove(topic);
        if (topic.Waits.AdvanceChecks(now))
            Add(topic);
    }

    private List<Receipt> TakeOverdue(long now)
    {
        List<Receipt> overdue = [];
        lock (_lock)
        {
            _receipts.RemoveAll(receipt =>
            {
                bool isOverdue = !receipt.HasEnded && now >= receipt.Deadline;
                if (isOverdue)
                    overdue.Add(receipt);
                return isOverdue || receipt.HasEnded;
            });
        }
        return overdue;
    }
}
