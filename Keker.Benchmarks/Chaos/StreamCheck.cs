using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>
/// Verifies what one client receives of one stream over all its connections: everything, first receipts in order, every connection by itself
/// without a hole, and nothing again but at the beginning of a connection, where that is allowed. For one reader at a time.
/// </summary>
/// <param name="totals">Where findings are told.</param>
/// <param name="kind">Where they are counted.</param>
/// <param name="stream">What is published.</param>
/// <param name="mayRepeat">Whether messages may come again at the beginning of a connection.</param>
/// <param name="mayMissLarge">Whether large messages need not come: the client cannot take them.</param>
internal sealed class StreamCheck(Totals totals, DeliveryTotals kind, MessageStream stream, bool mayRepeat, bool mayMissLarge = false)
{
    private readonly HashSet<long> _missing = [];
    private long _next;
    private long _last = -1;
    private bool _isBeginning;
    private bool _mayHaveGap;
    private bool _hasHeardOfGap;

    public MessageStream Stream => stream;

    public DeliveryTotals Kind => kind;

    /// <summary>Everything before this number has come, or was found missing.</summary>
    public long Next => Volatile.Read(ref _next);

    public bool HasEverything => Required(Next, stream.Made).Count == 0;

    /// <summary>A new connection, after a break unless it is the first.</summary>
    public void Begin()
    {
        _last = -1;
        _isBeginning = mayRepeat;
    }

    /// <summary>The server was started again and knows nothing: it says so once, where there are ids.</summary>
    /// <param name="mayMiss">Whether what was published before and has not come is lost by right.</param>
    public void Restart(bool mayMiss)
    {
        _mayHaveGap = true;
        if (mayMiss)
            Volatile.Write(ref _next, stream.Made);
    }

    /// <summary>The server said that messages are gone for good.</summary>
    /// <param name="what">What is told with a finding.</param>
    public void SawGap(string what)
    {
        if (kind.MayLose)
            kind.Gaps.Increment();
        else if (!_mayHaveGap && !mayMissLarge)
            totals.Find(kind.Gaps, what);
        _mayHaveGap = false;
        _hasHeardOfGap = true;
    }

    /// <summary>A message came.</summary>
    /// <param name="number">Its number in the stream.</param>
    /// <param name="who">What is told of the connection with a finding.</param>
    public void Saw(long number, string who)
    {
        kind.Received.Increment();
        if (_last >= 0 && (number <= _last || (!kind.MayLose && Required(_last + 1, number).Count > 0)))
            totals.Find(kind.Reordered, $"{who}: {number} of {stream.Token} came after {_last}");
        _last = number;
        if (number >= Next)
        {
            _isBeginning = false;
            List<long> lost = Required(Next, number);
            if (lost.Count > 0)
                NoteLost(lost, $"{who}: {number} of {stream.Token} came where {Next} should");
            if (lost.Count > 0 && kind.MayLose && !mayRepeat && !_hasHeardOfGap)
                totals.Find(kind.Reordered, $"{who}: {number} of {stream.Token} came where {Next} should, and no GAP between");
            _hasHeardOfGap = false;
            _missing.UnionWith(lost);
            Volatile.Write(ref _next, number + 1);
        }
        else if (_missing.Remove(number))
        {
            kind.Lost.Add(-1);
            totals.Find(kind.Reordered, $"{who}: {number} of {stream.Token} came late, after {Next - 1}");
        }
        else if (_isBeginning)
        {
            kind.Repeated.Increment();
        }
        else
        {
            totals.Find(kind.Duplicated, $"{who}: {number} of {stream.Token} came again, after {Next - 1}");
        }
    }

    /// <summary>Nothing more comes: what was published and has not come is lost.</summary>
    public void End(string who)
    {
        List<long> lost = Required(Next, stream.Made);
        if (lost.Count > 0)
            NoteLost(lost, $"{who}: the last of {stream.Token} is {Next - 1}, but {stream.Made - 1} was published");
    }

    private void NoteLost(List<long> numbers, string what)
    {
        kind.LostOnce.Add(numbers.Count(stream.TryNoteLost));
        if (kind.MayLose)
            kind.Lost.Add(numbers.Count);
        else
            totals.Find(kind.Lost, what, numbers.Count);
    }

    /// <summary>Which of these have to come.</summary>
    private List<long> Required(long from, long end)
    {
        List<long> numbers = [];
        for (long number = from; number < end; number++)
        {
            if (!mayMissLarge || !stream.IsLarge(number))
                numbers.Add(number);
        }
        return numbers;
    }
}
