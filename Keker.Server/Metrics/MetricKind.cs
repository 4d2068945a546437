namespace Keker.Server.Metrics;

/// <summary>What a metric is, in the words of OpenMetrics.</summary>
internal enum MetricKind
{
    /// <summary>It only grows, from 0 at the start of the process.</summary>
    Counter,

    /// <summary>It goes up and down.</summary>
    Gauge,

    /// <summary>How often something was how large.</summary>
    Histogram,

    /// <summary>It says something in its label, and is always 1.</summary>
    Info,
}
