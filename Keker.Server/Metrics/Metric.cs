using Keker.Server.Observability;

namespace Keker.Server.Metrics;

/// <summary>One of the things that are told of the server, for people who watch it. Immutable; reading is thread-safe.</summary>
internal sealed class Metric
{
    private Metric(MetricKind kind, string name, string help)
    {
        Kind = kind;
        Name = name;
        Help = help;
    }

    public MetricKind Kind { get; }

    /// <summary>The name without what is put behind it: a counter gets <c>_total</c>.</summary>
    public string Name { get; }

    /// <summary>A sentence or two of ASCII.</summary>
    public string Help { get; }

    /// <summary>The unit, which the name ends with; empty where things are counted.</summary>
    public string Unit => Name.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds" : Name.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes" : "";

    /// <summary>The name of the one label; empty for none.</summary>
    public string Label { get; private init; } = "";

    /// <summary>The numbers; none where there is a histogram.</summary>
    public IReadOnlyList<MetricSample> Samples { get; private init; } = [];

    /// <summary>The histogram, where it is one.</summary>
    public Histogram? Histogram { get; private init; }

    public static Metric Counter(string name, string help, Func<double> read) =>
        new(MetricKind.Counter, name, help) { Samples = [new MetricSample("", read)] };

    public static Metric Counter(string name, string help, Counter counter) => Counter(name, help, () => counter.Value);

    /// <summary>A counter of several numbers.</summary>
    public static Metric Counter(string name, string help, string label, IEnumerable<MetricSample> samples) =>
        new(MetricKind.Counter, name, help) { Label = label, Samples = [.. samples] };

    public static Metric Gauge(string name, string help, Func<double> read) =>
        new(MetricKind.Gauge, name, help) { Samples = [new MetricSample("", read)] };

    /// <summary>A gauge of several numbers.</summary>
    public static Metric Gauge(string name, string help, string label, IEnumerable<MetricSample> samples) =>
        new(MetricKind.Gauge, name, help) { Label = label, Samples = [.. samples] };

    public static Metric Of(string name, string help, Histogram histogram) =>
        new(MetricKind.Histogram, name, help) { Histogram = histogram };

    /// <summary>Something that does not change while the process runs.</summary>
    public static Metric Info(string name, string help, string label, string value) =>
        new(MetricKind.Info, name, help) { Label = label, Samples = [new MetricSample(value, static () => 1)] };
}
