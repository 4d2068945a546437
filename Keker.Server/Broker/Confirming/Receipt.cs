using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Confirming;

/// <summary>A publisher that waits until every session that was there has confirmed its message.</summary>
/// <remarks>
/// Thread-safe once it has begun. Before that one thread fills it, topic by topic, under their locks. It holds a number for each topic, not the sessions:
/// those are counted where they are, see <see cref="ReceiptWaits"/>. Its lock is an innermost one.
/// </remarks>
internal sealed class Receipt(BrokerContext context, TimeSpan wait)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly long _madeAt = context.Clock.Timestamp;
    private readonly List<(Topic Topic, long Offset)> _messages = [];
    private ReceiptCounts _settled;
    private int _unsettled;
    private bool _hasBegun;
    private bool _hasEnded;

    /// <summary>When it waits no longer, in milliseconds of the clock.</summary>
    public long Deadline { get; } = context.Clock.Now + (long)wait.TotalMilliseconds;

    /// <summary>Completes when all have confirmed or nobody is left who could, at the latest at the deadline; on the thread pool.</summary>
    public Task Ended => _ended.Task;

    public bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <summary>Sessions that were there.</summary>
    public int Sessions { get; private set; }

    /// <summary>What is known now. Once it has ended it does not change any more.</summary>
    public ReceiptCounts Counts
    {
        get
        {
            // First what is settled: what a topic settles meanwhile is missing rather than counted twice, and the end has it all.
            ReceiptCounts counts;
            lock (_lock)
                counts = _settled;
            foreach ((Topic topic, long offset) in _messages)
                counts += topic.Waits.Count(this, offset, forget: false);
            return counts;
        }
    }

    /// <summary>The message was appended to one more topic. Under that topic's lock, before <see cref="Settled"/>.</summary>
    public void Expect(Topic topic, long offset, int sessions)
    {
        _messages.Add((topic, offset));
        Sessions += sessions;
        lock (_lock)
            _unsettled++;
    }

    /// <summary>Nobody in a topic is waited for any more. Under that topic's lock.</summary>
    public void AddFinal(ReceiptCounts counts)
    {
        lock (_lock)
        {
            _settled += counts;
            _unsettled--;
            EndWhenComplete();
        }
    }

    /// <summary>All topics have it: the waiting begins. The pass that sends the message asks for its confirmation.</summary>
    public void Begin()
    {
        context.Waits.Add(this);
        lock (_lock)
        {
            _hasBegun = true;
            EndWhenComplete();
        }
    }

    /// <summary>Waits no longer. Called with no lock held; nothing where it has ended.</summary>
    public void End()
    {
        if (HasEnded)
            return;
        foreach ((Topic topic, long offset) in _messages)
        {
            ReceiptCounts counts = topic.Waits.Count(this, offset, forget: true);
            lock (_lock)
                _settled += counts;
        }
        lock (_lock)
        {
            if (!_hasEnded)
                context.Counters.ReceiptsIncomplete.Increment();
            SetEnded();
        }
    }

    private void EndWhenComplete()
    {
        if (!_hasBegun || _unsettled > 0 || _hasEnded)
            return;
        context.Counters.Histograms.Receipts.Record(context.Clock.Since(_madeAt));
        SetEnded();
    }

    private void SetEnded()
    {
        if (_hasEnded)
            return;
        Volatile.Write(ref _hasEnded, true);
        _ended.SetResult();
    }
}
