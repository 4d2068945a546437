using System.Buffers;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>
/// The answers of one connection from the first on that is not known yet. Requests may finish in any order; their answers leave in the order of the requests
/// (RFC 9112 9.3.2).
/// </summary>
/// <remarks>
/// Whoever reads the connection adds, and is the only one who does. Any thread completes. Under the lock only the budget, the deadline, and the locks of pending
/// answers are entered.
/// </remarks>
/// <param name="sender">Sends what is ready.</param>
/// <param name="budget">Counts what is held.</param>
internal sealed class AnswerRing(AnswerSender sender, UnfinishedBudget budget)
{
    private readonly Lock _lock = new();
    private readonly Queue<PendingAnswer> _pending = new();
    private PendingAnswer? _last;
    private AnswerBuffer _ready = new();
    private AnswerBuffer _underWay = new();
    private BudgetClaim _claim = new(budget);
    private TaskCompletionSource? _eased;
    private bool _easesWhenEmpty;
    private int _answers;
    private int _holders;
    private long _held;
    private bool _isSending;
    private bool _isGone;
    private bool _isStarved;

    /// <summary>True while anything stands or is sent here: what comes next has to go behind it. Only the reader makes it true.</summary>
    public bool IsBusy
    {
        get { lock (_lock) return !IsEmpty; }
    }

    /// <summary>True while nothing more may be added: nothing more is read meanwhile.</summary>
    public bool IsFull => IsFullWith(0);

    /// <summary>The same once so many more answers were added.</summary>
    public bool IsFullWith(int answers)
    {
        lock (_lock)
            return HasEnough || (_pending.Count > 0 && _answers + answers >= Limits.PipelinedRequests);
    }

    /// <summary>True once the peer is gone.</summary>
    public bool IsGone
    {
        get { lock (_lock) return _isGone; }
    }

    private bool IsEmpty => _pending.Count == 0 && _ready.Length == 0 && !_isSending;

    private bool HasEnough =>
        _answers >= Limits.PipelinedRequests || _held >= Limits.PendingAnswerBytes || _ready.Length + _underWay.Length >= Limits.PipelinedAnswerBytes || _isStarved;

    /// <summary>Adds an answer that is not known yet.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="before">Answers before it that are known and not sent; taken.</param>
    /// <param name="count">How many those are.</param>
    public void Add(PendingAnswer answer, AnswerBuffer before, int count)
    {
        lock (_lock)
        {
            Take(before, count);
            _pending.Enqueue(answer);
            _last = answer;
            _answers++;
            _held += answer.HeldBytes;
            Interlocked.Add(ref _holders, answer.MayHoldUp ? 1 : 0);
            Claim();
        }
    }

    /// <summary>Adds answers that are known, behind those that are not. <see cref="Send"/> follows.</summary>
    /// <param name="answers">The answers; taken.</param>
    /// <param name="count">How many there are.</param>
    public void Add(AnswerBuffer answers, int count)
    {
        lock (_lock)
        {
            Take(answers, count);
            Claim();
        }
    }

    /// <summary>An answer is known now: it goes out, with all that stands behind it up to the next one that is not.</summary>
    public void Complete(PendingAnswer answer)
    {
        lock (_lock)
        {
            answer.IsComplete = true;
            _held += answer.Answer.Length;
            while (_pending.TryPeek(out PendingAnswer? first) && first.IsComplete)
            {
                _pending.Dequeue();
                _answers -= 1 + first.CountBehind;
                _held -= first.HeldBytes;
                _ready.Write(first.Answer.Bytes.Span);
                _ready.Write(first.Behind.Bytes.Span);
            }
            Claim();
        }
        Send();
    }

    /// <summary>Sends what is ready, unless that is under way.</summary>
    public void Send()
    {
        lock (_lock)
        {
            if (_isSending)
                return;
            _isSending = TakeReady();
            Claim();
            if (!_isSending)
                return;
        }
        _ = SendAsync();
    }

    /// <summary>Completes when all is sent, or the peer is gone and nothing is waited for any more. For the reader.</summary>
    public Task WhenEmptyAsync() => WhenEased(whenEmpty: true);

    /// <summary>Completes when more may be added. For the reader.</summary>
    public Task WhenNotFullAsync() => WhenEased(whenEmpty: false);

    /// <summary>What holds a message up; null for nothing.</summary>
    public PendingAnswer? FindBefore(PublishRequest request)
    {
        // Most wait for confirmations, and a thousand of them are not to be asked for each publish.
        if (Volatile.Read(ref _holders) == 0)
            return null;
        lock (_lock)
        {
            foreach (PendingAnswer answer in _pending)
            {
                if (answer.MayHoldUp && answer.HoldsUp(request))
                    return answer;
            }
            return null;
        }
    }

    /// <summary>An answer that was added as one that may hold up others does so no more. Any thread.</summary>
    public void NoLongerHoldsUp() => Interlocked.Decrement(ref _holders);

    /// <summary>The server drains.</summary>
    public void StopWaiting()
    {
        PendingAnswer[] pending;
        lock (_lock)
            pending = [.. _pending];
        foreach (PendingAnswer answer in pending)
            answer.StopWaiting();
    }

    private async Task SendAsync()
    {
        bool goesOn = true;
        while (goesOn)
        {
            bool isThere = false;
            try
            {
                isThere = await sender.SendAsync(_underWay).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                sender.Break(e);
            }
            lock (_lock)
            {
                _held -= _underWay.Length;
                _underWay.Clear();
                _isGone |= !isThere;
                goesOn = TakeReady();

                // Before it counts as at rest: the heartbeat must not find it so, and its time long over.
                if (!goesOn)
                    sender.OnRested();
                _isSending = goesOn;
                Claim();
            }
        }
    }

    private Task WhenEased(bool whenEmpty)
    {
        lock (_lock)
        {
            if (IsEasy(whenEmpty))
                return Task.CompletedTask;
            _easesWhenEmpty = whenEmpty;
            _eased = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _eased.Task;
        }
    }

    private bool IsEasy(bool whenEmpty) => whenEmpty ? IsEmpty || _isGone : !HasEnough;

    private void Take(AnswerBuffer answers, int count)
    {
        _held += answers.Length;
        AnswerBuffer into = _pending.Count == 0 ? _ready : _last!.Behind;
        into.Write(answers.Bytes.Span);
        answers.Clear();
        if (_pending.Count == 0)
            return;
        _last!.CountBehind += count;
        _answers += count;
    }

    /// <returns>False when there is nothing to send.</returns>
    private bool TakeReady()
    {
        if (_isGone)
        {
            _held -= _ready.Length;
            _ready.Clear();
        }
        if (_ready.Length == 0)
            return false;
        (_ready, _underWay) = (_underWay, _ready);
        return true;
    }

    private void Claim()
    {
        _isStarved = !_claim.TrySet(_held);
        if (_eased is null || !IsEasy(_easesWhenEmpty))
            return;
        _eased.SetResult();
        _eased = null;
    }
}
