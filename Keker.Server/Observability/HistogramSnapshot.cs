namespace Keker.Server.Observability;

/// <summary>What a <see cref="Histogram"/> had recorded at a moment. Immutable.</summary>
/// <param name="First">The largest value of the first bucket.</param>
/// <param name="Scale">What a value of 1 is in the unit that people see: seconds, or things.</param>
/// <param name="Counts">Values in each bucket; the last has no end.</param>
/// <param name="Sum">All values together.</param>
internal sealed record HistogramSnapshot(long First, decimal Scale, IReadOnlyList<long> Counts, long Sum)
{
    /// <summary>How many values there are.</summary>
    public long Count => Counts.Sum();

    /// <summary>All values together, in the unit that people see.</summary>
    public decimal Total => Sum * Scale;

    /// <summary>The largest value of a bucket, in the unit that people see. Not of the last, which has none.</summary>
    public decimal EndOf(int bucket) => (First << bucket) * Scale;

    /// <summary>What was recorded since an earlier snapshot of the same histogram.</summary>
    public HistogramSnapshot Since(HistogramSnapshot earlier) =>
        this with { Counts = [.. Counts.Zip(earlier.Counts, (now, then) => now - then)], Sum = Sum - earlier.Sum };

    /// <summary>
    /// The value that a share of all values does not exceed, in the unit that people see, as near as the buckets tell: in its bucket values count as spread
    /// evenly. Where it is in the last one, that one's beginning.
    /// </summary>
    /// <param name="share">0 to 1: 0.99 for the 99th percentile.</param>
    /// <returns>0 where nothing was recorded.</returns>
    public double Quantile(double share)
    {
        double rank = share * Count;
        double before = 0;
        for (int bucket = 0; bucket < Counts.Count - 1; bucket++)
        {
            if (Counts[bucket] > 0 && before + Counts[bucket] >= rank)
            {
                double start = bucket == 0 ? 0 : (double)EndOf(bucket - 1);
                return start + ((double)EndOf(bucket) - start) * (rank - before) / Counts[bucket];
            }
            before += Counts[bucket];
        }
        return Counts[^1] > 0 ? (double)EndOf(Counts.Count - 2) : 0;
    }
}
