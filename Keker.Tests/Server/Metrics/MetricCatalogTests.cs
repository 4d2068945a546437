using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Keker.Server.Metrics;
using Keker.Server.Observability;
using Keker.Tests.Server.Http;

namespace Keker.Tests.Server.Metrics;

/// <summary>Whatever is counted is told.</summary>
internal sealed class MetricCatalogTests
{
    private TestServer _server = null!;

    [SetUp]
    public void Start() => _server = new TestServer();

    [TearDown]
    public void Stop() => _server.Dispose();

    [Test]
    public void Every_counter_is_told()
    {
        long number = 1_000_003;
        List<string> expected = [];
        foreach ((string name, Counter counter) in AllCounters(_server.Context.Counters))
        {
            counter.Add(number += 7);
            expected.Add($"{name}: {number}");
        }
        string text = Text(isOpenMetrics: true);

        Assert.That(expected, Has.Count.GreaterThan(35));
        Assert.That(expected.Where(each => !text.Contains(each[(each.IndexOf(':', StringComparison.Ordinal) + 1)..] + '\n', StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Every_histogram_is_told()
    {
        Histogram[] histograms = [.. typeof(Histograms).GetProperties().Select(property => (Histogram)property.GetValue(_server.Context.Counters.Histograms)!)];
        for (int i = 0; i < histograms.Length; i++)
        {
            for (int times = 0; times <= i; times++)
                histograms[i].Record(1);
        }
        string text = Text(isOpenMetrics: true);

        foreach (int count in Enumerable.Range(1, histograms.Length))
            Assert.That(text, Does.Match($"_count {count}\n"));
    }

    [Test]
    public void Names_are_told_once_and_units_end_them()
    {
        IReadOnlyList<Metric> metrics = _server.Context.Metrics;

        Assert.That(metrics.Select(metric => metric.Name), Is.Unique);
        foreach (Metric metric in metrics)
        {
            Assert.That(metric.Name, Does.Match("^(?:keker|process)_[a-z_]+$").And.Not.EndsWith("_total"));
            Assert.That(metric.Help, Does.Match(@"^[A-Z0-9][ -~]*\.$").And.Not.Contain("\\"));
            Assert.That(metric.Samples.Select(sample => sample.Label), Is.All.Match("^[ -!#-\\[\\]-~]*$"), "a label needs no escape");
        }
    }

    [Test]
    public void A_listener_of_the_meter_sees_the_same_numbers()
    {
        Counters counters = _server.Context.Counters;
        counters.Delivered.Add(42);
        counters.RefusedAccess[RefusalReason.Expired].Add(5);
        using var meter = new KekerMeter(_server.Context.Metrics);
        Dictionary<string, double> seen = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == KekerMeter.Name)
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            seen[$"{instrument.Name} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}".TrimEnd()] = value);
        listener.Start();

        listener.RecordObservableInstruments();
        counters.Histograms.HookDelay.Record(TimeSpan.FromSeconds(3));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen["keker_delivered"], Is.EqualTo(42));
            Assert.That(seen["keker_access_refused  reason=expired"], Is.EqualTo(5));
            Assert.That(seen["keker_log_bytes By"], Is.Zero);
            Assert.That(seen["keker_hook_delay_seconds s"], Is.EqualTo(3));
            Assert.That(seen.Keys.Where(key => key.StartsWith("process_", StringComparison.Ordinal)), Is.Empty);
        }
    }

    [Test]
    public void What_is_not_known_is_left_out()
    {
        Metric[] metrics = [Metric.Gauge("keker_known", "It is known.", () => 1.5), Metric.Gauge("keker_unknown", "It is not.", () => double.NaN)];

        string text = Encoding.ASCII.GetString(MetricsText.Of(metrics, isOpenMetrics: false));

        Assert.That(text, Does.Contain("\nkeker_known 1.5\n").And.Not.Contain("\nkeker_unknown "));
    }

    [Test]
    public void A_histogram_counts_upwards()
    {
        Histogram histogram = Histogram.OfTimes(TimeSpan.FromMicroseconds(10), 3);
        histogram.Record(TimeSpan.FromMicroseconds(15));
        histogram.Record(TimeSpan.FromSeconds(1));

        string text = Encoding.ASCII.GetString(MetricsText.Of([Metric.Of("keker_x_seconds", "X.", histogram)], isOpenMetrics: true));

        Assert.That(text, Is.EqualTo("""
            # HELP keker_x_seconds X.
            # TYPE keker_x_seconds histogram
            # UNIT keker_x_seconds seconds
            keker_x_seconds_bucket{le="0.00001"} 0
            keker_x_seconds_bucket{le="0.00002"} 1
            keker_x_seconds_bucket{le="0.00004"} 1
            keker_x_seconds_bucket{le="+Inf"} 2
            keker_x_seconds_sum 1.000015
            keker_x_seconds_count 2
            # EOF

            """.ReplaceLineEndings("\n")));
    }

    private string Text(bool isOpenMetrics) => Encoding.ASCII.GetString(MetricsText.Of(_server.Context.Metrics, isOpenMetrics));

    /// <summary>Each with its name, those of families with their keys.</summary>
    private static IEnumerable<(string Name, Counter Counter)> AllCounters(Counters counters)
    {
        foreach (PropertyInfo property in typeof(Counters).GetProperties())
        {
            object value = property.GetValue(counters)!;
            if (value is Counter counter)
            {
                yield return (property.Name, counter);
            }
            else if (value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(CounterFamily<>))
            {
                foreach (object key in (System.Collections.IEnumerable)type.GetProperty("Keys")!.GetValue(value)!)
                    yield return (string.Create(CultureInfo.InvariantCulture, $"{property.Name} {key}"), (Counter)type.GetProperty("Item")!.GetValue(value, [key])!);
            }
        }
    }
}
