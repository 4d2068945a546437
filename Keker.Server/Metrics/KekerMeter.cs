using System.Diagnostics.Metrics;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Metrics;

/// <summary>
/// The same numbers for whoever listens in this process (System.Diagnostics.Metrics), as OpenTelemetry does: a meter of the name <c>Keker</c>. Nobody who listens
/// costs nothing: the numbers are read when they are asked for, and a histogram looks once whether somebody is there.
/// </summary>
/// <remarks>The names are those of <c>/metrics</c>, without <c>_total</c>. What is told of the process is not among them: OpenTelemetry has its own for that.</remarks>
internal sealed class KekerMeter : IDisposable
{
    public const string Name = "Keker";

    private const string OwnPrefix = "keker_";

    private readonly Meter _meter = new(Name, KekerVersion.Text);

    /// <param name="metrics">What is told. Their histograms tell this meter from now on.</param>
    public KekerMeter(IReadOnlyList<Metric> metrics)
    {
        foreach (Metric metric in metrics)
        {
            if (metric.Name.StartsWith(OwnPrefix, StringComparison.Ordinal))
                Add(metric);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Add(Metric metric)
    {
        // Units as UCUM writes them.
        string? unit = metric.Unit switch { "seconds" => "s", "bytes" => "By", _ => null };
        switch (metric)
        {
            case { Histogram: { } histogram }:
                histogram.Instrument = _meter.CreateHistogram(metric.Name, unit, metric.Help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = EndsOf(histogram) });
                break;
            case { Kind: MetricKind.Counter }:
                _meter.CreateObservableCounter(metric.Name, () => Read(metric), unit, metric.Help);
                break;
            default:
                _meter.CreateObservableGauge(metric.Name, () => Read(metric), unit, metric.Help);
                break;
        }
    }

    private static IEnumerable<Measurement<double>> Read(Metric metric)
    {
        foreach (MetricSample sample in metric.Samples)
        {
            double value = sample.Read();
            if (double.IsNaN(value))
                continue;
            yield return metric.Label.Length == 0
                ? new Measurement<double>(value)
                : new Measurement<double>(value, new KeyValuePair<string, object?>(metric.Label, sample.Label));
        }
    }

    private static double[] EndsOf(Histogram histogram)
    {
        HistogramSnapshot snapshot = histogram.Snapshot;
        return [.. Enumerable.Range(0, snapshot.Counts.Count - 1).Select(bucket => (double)snapshot.EndOf(bucket))];
    }
}
