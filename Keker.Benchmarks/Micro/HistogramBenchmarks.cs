using BenchmarkDotNet.Attributes;
using Keker.Server.Observability;

namespace Keker.Benchmarks.Micro;

/// <summary>What it costs to note how long something took: each pass does that once, with one more look at the clock.</summary>
[MemoryDiagnoser]
public class HistogramBenchmarks
{
    private readonly Histogram _histogram = Histogram.OfTimes(TimeSpan.FromMicroseconds(10), 21);
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private long _begun;

    [GlobalSetup]
    public void Setup() => _begun = _clock.Timestamp;

    [Benchmark]
    public void Record() => _histogram.Record(12_345);

    [Benchmark]
    public void RecordSince() => _histogram.Record(_clock.Since(_begun));

    [Benchmark]
    public long LookAtTheClock() => _clock.Timestamp;
}
