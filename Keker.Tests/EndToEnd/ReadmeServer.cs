using System.Net;
using System.Text.Json;

namespace Keker.Tests.EndToEnd;

/// <summary>A running kekerd that stands in for the one on localhost:3498 of which README.md speaks.</summary>
internal sealed class ReadmeServer : IAsyncDisposable
{
    private readonly KekerProcess _keker;

    private ReadmeServer(KekerProcess keker) => _keker = keker;

    /// <summary>Longest wait for anything in these tests: far more than a busy machine needs.</summary>
    public static TimeSpan Patience { get; } = EndToEnd.Patience.Limit;

    /// <summary>Host and port that it listens on.</summary>
    public string Address => EndPoint.ToString();

    public IPEndPoint EndPoint => _keker.EndPoint;

    public Uri Url => new($"http://{Address}");

    /// <summary>Starts on a free port and returns once it listens.</summary>
    public static async Task<ReadmeServer> StartAsync(params string[] arguments) => new(await KekerProcess.StartAsync(arguments));

    /// <summary>Starts on an address, for a server that comes back.</summary>
    public static Task<ReadmeServer> StartOnAsync(string address, params string[] arguments) => StartAsync(["--listen", address, .. arguments]);

    /// <summary>Publishes to a token, or to a topic.</summary>
    /// <returns>How many sessions get it.</returns>
    public async Task<int> PublishAsync(string name, string body, string header = "Token")
    {
        using var client = new HttpClient { BaseAddress = Url };
        using var content = new StringContent(body);
        content.Headers.Add(header, name);
        using HttpResponseMessage answer = await client.PostAsync("/v1/publish", content);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("data").GetProperty("sessions").GetInt32();
    }

    /// <summary>Replaces the address that README.md uses by the real one.</summary>
    public string Localize(string example) => example.Replace("localhost:3498", Address, StringComparison.Ordinal);

    /// <summary>Ends it as systemd would.</summary>
    /// <returns>The exit status.</returns>
    public Task<int> StopAsync()
    {
        _keker.Send(Signal.Terminate);
        return _keker.WaitForExitAsync();
    }

    public ValueTask DisposeAsync() => _keker.DisposeAsync();
}
