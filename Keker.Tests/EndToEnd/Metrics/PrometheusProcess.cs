using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Keker.Tests.EndToEnd.Metrics;

/// <summary>A Prometheus that scrapes one kekerd, on a free loopback port.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private const int Attempts = 3;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly TempDirectory _directory;
    private readonly HttpClient _http;

    private PrometheusProcess(Process process, TempDirectory directory, IPEndPoint endPoint)
    {
        _process = process;
        _directory = directory;
        _http = new HttpClient { BaseAddress = new Uri($"http://{endPoint}"), Timeout = Patience.Limit };
    }

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="target">The kekerd.</param>
    public static async Task<PrometheusProcess> StartAsync(IPEndPoint target)
    {
        string program = PrometheusTool.Find("prometheus");
        for (int attempt = 1; ; attempt++)
        {
            // Somebody else may take the port before it does: then it ends.
            PrometheusProcess prometheus = await StartAsync(program, target, FreeEndPoint());
            if (await prometheus.IsReadyAsync())
                return prometheus;
            await prometheus.DisposeAsync();
            Assert.That(attempt, Is.LessThan(Attempts), "Prometheus does not start");
        }
    }

    /// <summary>Asks a query until it has a result.</summary>
    /// <returns>The value of the first.</returns>
    public async Task<double> WaitForValueAsync(string expression, Predicate<double> isWanted)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        using var timer = new PeriodicTimer(PollInterval);
        double? value;
        while ((value = (await QueryAsync(expression)).FirstOrDefault()) is not { } known || !isWanted(known))
        {
            if (timeout.IsCancellationRequested)
                Assert.Fail($"{expression} is {value}");
            await timer.WaitForNextTickAsync();
        }
        return value.Value;
    }

    /// <summary>Asks a query (HTTP API, instant queries).</summary>
    public async Task<double?[]> QueryAsync(string expression)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        string text = await answer.Content.ReadAsStringAsync();
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"{expression}: {text}");
        using var json = JsonDocument.Parse(text);
        return [.. json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(result => (double?)double.Parse(result.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))];
    }

    /// <summary>What it knows of a metric beside its values, as JSON.</summary>
    public Task<string> QueryMetadataAsync(string metric) => _http.GetStringAsync($"/api/v1/targets/metadata?metric={metric}");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static async Task<PrometheusProcess> StartAsync(string program, IPEndPoint target, IPEndPoint endPoint)
    {
        var directory = new TempDirectory();
        string configuration = directory.File("prometheus.yml");
        await File.WriteAllTextAsync(configuration, $$"""
            global:
              scrape_interval: 250ms
            scrape_configs:
              - job_name: keker
                static_configs:
                  - targets: ["{{target}}"]
            """);
        var start = new ProcessStartInfo(program,
        [
            $"--config.file={configuration}", $"--storage.tsdb.path={directory.File("data")}", $"--web.listen-address={endPoint}", "--log.level=error",
        ]);
        return new PrometheusProcess(Process.Start(start)!, directory, endPoint);
    }

    private async Task<bool> IsReadyAsync()
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        using var timer = new PeriodicTimer(PollInterval);
        while (!_process.HasExited && !timeout.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await _http.GetAsync("/-/ready");
                if (answer.IsSuccessStatusCode)
                    return true;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await timer.WaitForNextTickAsync();
        }
        return false;
    }

    private static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
