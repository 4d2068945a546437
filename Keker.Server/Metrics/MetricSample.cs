namespace Keker.Server.Metrics;

/// <summary>One number of a <see cref="Metric"/>.</summary>
/// <param name="Label">The value of the label; empty where the metric has none. Never from outside: there are as many as there were at the start.</param>
/// <param name="Read">Reads the number; NaN where it is not known now. Thread-safe, and takes no time that a loop would notice.</param>
internal sealed record MetricSample(string Label, Func<double> Read);
