using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd.Metrics;

/// <summary>What Keker brings for Prometheus and Grafana.</summary>
internal static partial class MonitoringFiles
{
    private static readonly string Folder = Path.Combine(ReadmeFile.Root, "Keker.Server", "Packaging");

    public static string Manual => Path.Combine(ReadmeFile.Root, "Keker.Server", "Manual", "operators.md");

    public static string Configuration => Path.Combine(Folder, "prometheus.yml");

    public static string Alerts => Path.Combine(Folder, "prometheus-alerts.yml");

    public static string Dashboard => Path.Combine(Folder, "grafana-dashboard.json");

    /// <summary>What the alerts ask.</summary>
    public static IEnumerable<string> AlertExpressions() => Expression().Matches(File.ReadAllText(Alerts)).Select(match => match.Groups[1].Value.Trim());

    /// <summary>What the panels of the dashboard ask, with its variables as Grafana fills them in.</summary>
    public static IEnumerable<string> PanelExpressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Dashboard));
        foreach (JsonElement panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            foreach (JsonElement target in panel.GetProperty("targets").EnumerateArray())
            {
                yield return target.GetProperty("expr").GetString()!
                    .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                    .Replace("$instance", ".*", StringComparison.Ordinal);
            }
        }
    }

    /// <summary>The metrics that an expression names.</summary>
    public static IEnumerable<string> MetricsIn(string expression) => MetricName().Matches(Quoted().Replace(expression, "")).Select(match => match.Value).Distinct();

    [GeneratedRegex("^ +expr: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Expression();

    [GeneratedRegex("\\b(?:keker|process)_[a-z_]+\\b")]
    private static partial Regex MetricName();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
