using Keker.Benchmarks.Load.Measures;

namespace Keker.Benchmarks.Load.Reports;

/// <summary>Percentiles of one run, in microseconds.</summary>
internal sealed record LatencySummary(double P50, double P90, double P99, double P999, double Max)
{
    private const double Microsecond = 1000;

    /// <returns>Null when nothing was recorded.</returns>
    public static LatencySummary? Of(LatencyHistogram histogram) => histogram.Count == 0 ? null : new(
        histogram.Percentile(50) / Microsecond,
        histogram.Percentile(90) / Microsecond,
        histogram.Percentile(99) / Microsecond,
        histogram.Percentile(99.9) / Microsecond,
        histogram.Max / Microsecond);
}
