using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd.Metrics;

/// <summary>What Keker brings for Prometheus and Grafana works with what <c>/metrics</c> serves, and with the real Prometheus.</summary>
internal sealed partial class MonitoringTests
{
    private KekerProcess _keker = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _keker = await KekerProcess.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _keker.DisposeAsync();

    [Test]
    public async Task Alerts_and_dashboard_ask_for_what_is_served_and_for_nothing_else()
    {
        string[] served = [.. (await MetricsPage.ReadAsync(_keker.EndPoint)).SampleNames];
        string[] asked = [.. MonitoringFiles.AlertExpressions().Concat(MonitoringFiles.PanelExpressions()).SelectMany(MonitoringFiles.MetricsIn).Distinct()];

        Assert.That(asked, Has.Length.GreaterThan(30));
        Assert.That(asked, Is.SubsetOf(served));
    }

    [Test]
    public async Task The_dashboard_shows_every_metric()
    {
        string[] shown = [.. MonitoringFiles.PanelExpressions().SelectMany(MonitoringFiles.MetricsIn)];
        IEnumerable<string> families = (await MetricsPage.ReadAsync(_keker.EndPoint)).SampleNames
            .Select(name => HistogramPart().Replace(name, "_bucket")).Distinct();

        Assert.That(families.Except(shown), Is.Empty);
    }

    [Test]
    public async Task The_manual_has_every_metric_with_its_meaning()
    {
        (string Name, string Kind, string Label, string Help)[] served = [.. (await MetricsPage.ReadAsync(_keker.EndPoint)).Families];
        string[][] rows = [.. File.ReadLines(MonitoringFiles.Manual)
            .SkipWhile(line => line != "| metric | kind | label | meaning |").Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

        Assert.That(rows.Select(row => (row[0], row[1], row[3])), Is.EqualTo(served.Select(family => ($"`{family.Name}`", family.Kind, family.Help))));

        // Where the runtime polls the sockets there are no loops.
        foreach ((string[] row, string label) in rows.Zip(served, (row, family) => (row, family.Label)))
            Assert.That(row[2], Is.EqualTo(label.Length > 0 ? $"`{label}`" : "").Or.EqualTo("`loop`"), row[0]);
    }

    [Test]
    public void Every_alert_says_why_and_what_to_do()
    {
        string[] alerts = File.ReadAllText(MonitoringFiles.Alerts).Split("- alert:")[1..];

        Assert.That(alerts, Has.Length.GreaterThan(10));
        foreach (string alert in alerts)
        {
            foreach (string part in new[] { "severity: ", "summary: \"", "reason: \"", "action: \"" })
                Assert.That(alert, Does.Contain(part));
        }
    }

    [Test]
    public async Task Promtool_finds_nothing_wrong_with_the_rules_and_the_configuration()
    {
        (int rules, string said) = await PrometheusTool.CheckAsync(["check", "rules", MonitoringFiles.Alerts]);
        Assert.That(rules, Is.Zero, said);
        Assert.That(said, Does.Contain($"SUCCESS: {MonitoringFiles.AlertExpressions().Count()} rules found"));

        (int configuration, string saidOfIt) = await PrometheusTool.CheckAsync(["check", "config", MonitoringFiles.Configuration]);
        Assert.That(configuration, Is.Zero, saidOfIt);
    }

    [Test]
    public async Task Promtool_finds_nothing_wrong_with_the_metrics()
    {
        string text = await MetricsPage.GetAsync(_keker.EndPoint, accept: null);

        Assert.That(await PrometheusTool.CheckAsync(["check", "metrics"], text), Is.EqualTo((0, "")));
    }

    [Test]
    public async Task Prometheus_scrapes_kekerd_and_takes_every_expression()
    {
        await using PrometheusProcess prometheus = await PrometheusProcess.StartAsync(_keker.EndPoint);
        using var backend = new Backend(_keker.EndPoint);
        for (int i = 0; i < 3; i++)
            await backend.PublishAsync("nobody", "x");

        await prometheus.WaitForValueAsync("keker_published_total{to=\"token\"}", value => value == 3);
        Assert.That(await prometheus.QueryAsync("up{job=\"keker\"}"), Is.EqualTo(new double?[] { 1 }));
        Assert.That(await prometheus.QueryAsync("keker_pass_members_count"), Is.EqualTo(new double?[] { 0 }), "nobody was there to be sent anything");
        foreach (string expression in MonitoringFiles.AlertExpressions().Concat(MonitoringFiles.PanelExpressions()))
            await prometheus.QueryAsync(expression);
        Assert.That(await prometheus.QueryAsync("sum by (instance) (keker_sessions)"), Is.EqualTo(new double?[] { 0 }));

        // What it keeps of a metric shows that it has read the lines before the samples, as OpenMetrics has them.
        Assert.That(await prometheus.QueryMetadataAsync("keker_delivered"), Does.Contain("\"type\":\"counter\"").And.Contain("handed to the kernel"));
        Assert.That(await prometheus.QueryMetadataAsync("keker_publish_to_send_seconds"), Does.Contain("\"type\":\"histogram\"").And.Contain("\"unit\":\"seconds\""));
    }

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
