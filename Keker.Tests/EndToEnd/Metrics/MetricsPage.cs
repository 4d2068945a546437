using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd.Metrics;

/// <summary>What <c>/metrics</c> said at a moment.</summary>
/// <param name="text">The text.</param>
internal sealed partial class MetricsPage(string text)
{
    public const string OpenMetrics = "application/openmetrics-text";

    private readonly Dictionary<string, double> _samples = Sample().Matches(text)
        .ToDictionary(match => match.Groups["key"].Value, match => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));

    public string Text => text;

    /// <summary>All metrics, whether they have a sample now or not: the name as samples have it, what it is, its label if it has one, and its text.</summary>
    public IEnumerable<(string Name, string Kind, string Label, string Help)> Families => Family().Matches(text).Select(match =>
    {
        string name = match.Groups["name"].Value;
        string? sample = _samples.Keys.FirstOrDefault(key => key.StartsWith($"{name}{{", StringComparison.Ordinal));
        return (name, match.Groups["kind"].Value, sample?.Split('{', '=')[1] ?? "", match.Groups["help"].Value);
    });

    /// <summary>Names that samples may have; those of the buckets, sums and counts of histograms, too.</summary>
    public IEnumerable<string> SampleNames => Families.SelectMany(family => family.Kind == "histogram"
        ? new[] { $"{family.Name}_bucket", $"{family.Name}_sum", $"{family.Name}_count" }
        : [family.Name]);

    /// <summary>A number.</summary>
    /// <param name="key">The name, with the label as it is written.</param>
    public double this[string key] => _samples.TryGetValue(key, out double value) ? value : throw new KeyNotFoundException($"no {key} in\n{Text}");

    public static async Task<MetricsPage> ReadAsync(IPEndPoint endPoint, string? key = null) => new(await GetAsync(endPoint, accept: null, key));

    /// <summary>Asks until something is so.</summary>
    public static async Task<MetricsPage> WaitForAsync(IPEndPoint endPoint, Predicate<MetricsPage> isSo, string what)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        MetricsPage page;
        while (!isSo(page = await ReadAsync(endPoint)))
        {
            if (timeout.IsCancellationRequested)
                Assert.Fail($"{what} does not come:\n{page.Text}");
            await timer.WaitForNextTickAsync();
        }
        return page;
    }

    public static async Task<string> GetAsync(IPEndPoint endPoint, string? accept, string? key = null)
    {
        using HttpResponseMessage answer = await AskAsync(endPoint, accept, key);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return await answer.Content.ReadAsStringAsync();
    }

    public static async Task<HttpResponseMessage> AskAsync(IPEndPoint endPoint, string? accept, string? key = null, HttpMethod? method = null)
    {
        using var client = new HttpClient { Timeout = Patience.Limit };
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, $"http://{endPoint}/metrics");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await client.SendAsync(request);
    }

    [GeneratedRegex("^# HELP (?<name>[a-z_]+) (?<help>.+)\n# TYPE [a-z_]+ (?<kind>[a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex("""^(?<key>[a-z_]+(?:\{[a-z]+="[^"]*"\})?) (?<value>\S+)$""", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
