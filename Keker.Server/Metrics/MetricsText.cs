using System.Globalization;
using System.Text;
using Keker.Server.Observability;

namespace Keker.Server.Metrics;

/// <summary>
/// Metrics as text: OpenMetrics 1.0, or the text format of Prometheus (0.0.4), which everything reads that scrapes. Stateless, thread-safe.
/// </summary>
/// <remarks>
/// Written by hand: the exporters that there are either need ASP.NET or bring a listener of their own, and the grammar is a dozen lines.
/// <code>
/// # HELP name text
/// # TYPE name counter|gauge|histogram|info
/// # UNIT name seconds|bytes                      (OpenMetrics only)
/// name[_total|_info]{label="value"} number
/// name_bucket{le="0.001"} number                 (of a histogram: up to that, and so on to le="+Inf")
/// name_sum number
/// name_count number
/// # EOF                                          (OpenMetrics only)
/// </code>
/// OpenMetrics names a counter without <c>_total</c> in its first lines, Prometheus with it. Names, labels and texts are our own: nothing is escaped.
/// </remarks>
internal static class MetricsText
{
    /// <summary>The media type of OpenMetrics, as the field Accept names it.</summary>
    public static ReadOnlySpan<byte> OpenMetrics => "application/openmetrics-text"u8;

    /// <summary>The Content-Type.</summary>
    public static ReadOnlySpan<byte> ContentType(bool isOpenMetrics) =>
        isOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"u8 : "text/plain; version=0.0.4; charset=utf-8"u8;

    /// <summary>The whole text.</summary>
    public static byte[] Of(IEnumerable<Metric> metrics, bool isOpenMetrics)
    {
        var text = new StringBuilder();
        foreach (Metric metric in metrics)
        {
            AppendHead(text, metric, isOpenMetrics);
            if (metric.Histogram is { } histogram)
                AppendHistogram(text, metric.Name, histogram.Snapshot);
            else
                AppendSamples(text, metric);
        }
        if (isOpenMetrics)
            text.Append("# EOF\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>What is behind the name of a metric in the name of its samples.</summary>
    public static string Suffix(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "_total",
        MetricKind.Info => "_info",
        _ => "",
    };

    private static void AppendHead(StringBuilder text, Metric metric, bool isOpenMetrics)
    {
        string name = isOpenMetrics ? metric.Name : metric.Name + Suffix(metric.Kind);
        string type = metric.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            MetricKind.Info when isOpenMetrics => "info",
            _ => "gauge",
        };
        text.Append("# HELP ").Append(name).Append(' ').Append(metric.Help).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (isOpenMetrics && metric.Unit.Length > 0)
            text.Append("# UNIT ").Append(name).Append(' ').Append(metric.Unit).Append('\n');
    }

    private static void AppendSamples(StringBuilder text, Metric metric)
    {
        foreach (MetricSample sample in metric.Samples)
        {
            double value = sample.Read();
            if (double.IsNaN(value))
                continue;
            text.Append(metric.Name).Append(Suffix(metric.Kind));
            if (metric.Label.Length > 0)
                text.Append('{').Append(metric.Label).Append("=\"").Append(sample.Label).Append("\"}");
            text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private static void AppendHistogram(StringBuilder text, string name, HistogramSnapshot snapshot)
    {
        long count = 0;
        for (int bucket = 0; bucket < snapshot.Counts.Count; bucket++)
        {
            count += snapshot.Counts[bucket];
            string end = bucket == snapshot.Counts.Count - 1 ? "+Inf" : Number(snapshot.EndOf(bucket));
            text.Append(name).Append("_bucket{le=\"").Append(end).Append("\"} ").Append(count).Append('\n');
        }
        text.Append(name).Append("_sum ").Append(Number(snapshot.Total)).Append('\n');
        text.Append(name).Append("_count ").Append(count).Append('\n');
    }

    private static string Number(decimal number) => number.ToString("0.#######", CultureInfo.InvariantCulture);
}
