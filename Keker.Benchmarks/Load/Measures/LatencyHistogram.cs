using System.Numerics;

namespace Keker.Benchmarks.Load.Measures;

/// <summary>
/// Counts durations in buckets that grow with them: 128 for each doubling, so that what is read back is at most 1/128 above what was added.
/// Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 7;
    private const int PerOctave = 1 << Bits;

    /// <summary>Nanoseconds; 18 minutes. What is longer counts as this long.</summary>
    private const long Most = (1L << 40) - 1;

    private readonly long[] _buckets = new long[BucketOf(Most) + 1];

    public long Count { get; private set; }

    /// <summary>Nanoseconds, exact; 0 when there is none.</summary>
    public long Max { get; private set; }

    /// <param name="nanoseconds">Below zero counts as zero.</param>
    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Clamp(nanoseconds, 0, Most);
        _buckets[BucketOf(nanoseconds)]++;
        Count++;
        if (nanoseconds > Max)
            Max = nanoseconds;
    }

    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _buckets.Length; i++)
            _buckets[i] += other._buckets[i];
        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The nanoseconds that this share of the durations does not exceed.</summary>
    /// <param name="percent">Above 0, up to 100.</param>
    public long Percentile(double percent)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long below = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            below += _buckets[i];
            if (below >= rank)
                return Math.Min(Max, LastOf(i));
        }
        return Max;
    }

    /// <summary>How many are below so many nanoseconds; a bucket in which the limit lies counts as a whole.</summary>
    public long CountBelow(long nanoseconds)
    {
        long count = 0;
        for (int i = 0; i < _buckets.Length && FirstOf(i) < nanoseconds; i++)
            count += _buckets[i];
        return count;
    }

    private static int BucketOf(long value)
    {
        if (value < PerOctave)
            return (int)value;
        int octave = BitOperations.Log2((ulong)value) - Bits;
        return (octave << Bits) + (int)(value >> octave);
    }

    private static long FirstOf(int bucket)
    {
        if (bucket < 2 * PerOctave)
            return bucket;
        int octave = (bucket >> Bits) - 1;
        return (long)(PerOctave + (bucket & PerOctave - 1)) << octave;
    }

    private static long LastOf(int bucket) => FirstOf(bucket + 1) - 1;
}
