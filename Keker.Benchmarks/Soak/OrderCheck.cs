namespace Keker.Benchmarks.Soak;

/// <summary>Whether the messages of one stream arrive once each and in order. For one reader.</summary>
/// <param name="totals">Where findings go.</param>
/// <param name="who">The reader, for findings.</param>
/// <param name="next">The number that has to come first; below zero, whichever comes is the first.</param>
internal sealed class OrderCheck(Totals totals, string who, long next)
{
    private readonly HashSet<long> _missing = [];

    public long Next { get; private set; } = next;

    public void Saw(long number)
    {
        if (Next < 0 || number == Next)
        {
            Next = number + 1;
        }
        else if (number > Next)
        {
            totals.Find(totals.Lost, $"{who}: {number} came where {Next} should", number - Next);
            for (long missing = Next; missing < number; missing++)
                _missing.Add(missing);
            Next = number + 1;
        }
        else if (_missing.Remove(number))
        {
            totals.Lost.Add(-1);
            totals.Find(totals.Reordered, $"{who}: {number} came late, after {Next - 1}");
        }
        else
        {
            totals.Find(totals.Duplicated, $"{who}: {number} came again, after {Next - 1}");
        }
    }

    /// <summary>Nothing more comes: what was published and has not come is lost.</summary>
    public void End(long published)
    {
        if (published > Next)
            totals.Find(totals.Lost, $"{who}: the last is {Next - 1}, but {published - 1} was published", published - Next);
    }
}
