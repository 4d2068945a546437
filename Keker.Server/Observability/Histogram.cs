using System.Diagnostics.Metrics;
using System.Numerics;

namespace Keker.Server.Observability;

/// <summary>
/// How often something was how large, in buckets of which each ends at twice the end of the one before. Recording is two additions to memory that hardly ever two
/// threads share; nobody waits, and nothing is allocated.
/// </summary>
/// <remarks>Thread-safe. A thread adds to one of a few stripes, and a snapshot sums them up. Between two stripes is a cache line that nobody uses.</remarks>
internal sealed class Histogram
{
    private const int CacheLine = 64 / sizeof(long);

    /// <summary>Stripes a processor: its loop has one, and so has its fan-out worker.</summary>
    private const int StripesPerProcessor = 2;

    private static readonly int Stripes = (int)BitOperations.RoundUpToPowerOf2((uint)(StripesPerProcessor * Environment.ProcessorCount));

    private static int _threads;

    /// <summary>The number of the thread, from 1 on; 0 before it has recorded anything.</summary>
    [ThreadStatic]
    private static int _thread;

    private readonly long _first;
    private readonly int _buckets;
    private readonly int _stride;
    private readonly long[] _cells;

    /// <param name="first">The largest value of the first bucket, over 0.</param>
    /// <param name="bounded">Buckets that have an end; one more has all that is larger.</param>
    /// <param name="scale">What a value of 1 is in the unit that people see.</param>
    public Histogram(long first, int bounded, decimal scale = 1)
    {
        _first = first;
        _buckets = bounded + 1;
        Scale = scale;

        // A stripe: its buckets, the sum of its values, and a line that keeps it apart.
        _stride = _buckets + 1 + CacheLine;
        _cells = new long[CacheLine + Stripes * _stride];
    }

    /// <summary>Times in seconds.</summary>
    /// <param name="first">The longest of the first bucket.</param>
    /// <param name="bounded">Buckets that have an end.</param>
    public static Histogram OfTimes(TimeSpan first, int bounded) => new(first.Ticks, bounded, 1m / TimeSpan.TicksPerSecond);

    /// <inheritdoc cref="HistogramSnapshot.Scale"/>
    public decimal Scale { get; }

    /// <summary>Is told each value, while somebody listens to it; null for nobody.</summary>
    public Histogram<double>? Instrument { get; set; }

    /// <summary>What was recorded so far. What is recorded meanwhile may be in it or not.</summary>
    public HistogramSnapshot Snapshot
    {
        get
        {
            long[] counts = new long[_buckets];
            long sum = 0;
            for (int stripe = 0; stripe < Stripes; stripe++)
            {
                int start = StartOf(stripe);
                for (int bucket = 0; bucket < _buckets; bucket++)
                    counts[bucket] += Volatile.Read(ref _cells[start + bucket]);
                sum += Volatile.Read(ref _cells[start + _buckets]);
            }
            return new HistogramSnapshot(_first, Scale, counts, sum);
        }
    }

    public void Record(TimeSpan time) => Record(time.Ticks);

    /// <param name="value">A value below 0, as a clock that was set back makes it, counts as 0.</param>
    public void Record(long value)
    {
        if (_thread == 0)
            _thread = Interlocked.Increment(ref _threads);
        value = Math.Max(0, value);
        int start = StartOf(_thread & (Stripes - 1));
        Interlocked.Increment(ref _cells[start + BucketOf(value)]);
        Interlocked.Add(ref _cells[start + _buckets], value);
        if (Instrument is { Enabled: true } instrument)
            instrument.Record((double)(value * Scale));
    }

    private int StartOf(int stripe) => CacheLine + stripe * _stride;

    private int BucketOf(long value) =>
        value <= _first ? 0 : Math.Min(_buckets - 1, BitOperations.Log2((ulong)((value - 1) / _first)) + 1);
}
