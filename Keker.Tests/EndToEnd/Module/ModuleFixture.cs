namespace Keker.Tests.EndToEnd.Module;

/// <summary>Tests of keker.js: a kekerd, a network that breaks, and something that runs the module.</summary>
internal abstract class ModuleFixture(string hostName)
{
    protected const string Token = "alice-7f3a9c";

    private protected KekerProcess Keker { get; set; } = null!;

    private protected HostileProxy Proxy { get; private set; } = null!;

    private protected ModuleHost Host { get; private set; } = null!;

    private protected Backend Backend { get; private set; } = null!;

    private protected virtual string[] Options => ["--cache", "2m"];

    [SetUp]
    public async Task StartAsync()
    {
        Keker = await KekerProcess.StartAsync(Options);
        Backend = new Backend(Keker.EndPoint);
        Proxy = new HostileProxy(Keker.EndPoint);
        Host = await ModuleHost.StartAsync(hostName, new Uri($"http://{Keker.EndPoint}/keker.js"));
    }

    [TearDown]
    public async Task StopAsync()
    {
        if (Host is not null)
            await Host.DisposeAsync();
        Proxy?.Dispose();
        Backend?.Dispose();
        if (Keker is not null)
            await Keker.DisposeAsync();
    }

    /// <summary>Makes a client with the name k.</summary>
    private protected Task MakeAsync(string token = $"'{Token}'") => Host.RunAsync($"globalThis.k = make('ws://{Proxy.Address}/v1/subscribe', {token})");

    /// <summary>Makes a client, which connects.</summary>
    private protected async Task ConnectAsync()
    {
        await MakeAsync();
        await Host.ExpectAsync("[\"state\",\"connecting\"]", "[\"state\",\"connected\"]");
    }

    /// <summary>Subscribes, and returns once kekerd has it so.</summary>
    private protected async Task SubscribeAsync(string topic)
    {
        await Host.RunAsync($"globalThis.{topic} = hear(k, '{topic}')");
        await Backend.WaitForStatAsync("topics", count => count > 0);
    }

    private protected Task PublishAsync(params string[] texts) => PublishAsync(Token, "token", texts);

    private protected Task PublishToAsync(string topic, params string[] texts) => PublishAsync(topic, "topic", texts);

    private protected Task AdvanceAsync(double seconds) => Host.RunAsync($"clock.advance({seconds * 1000})");

    /// <summary>Makes a client whose WebSockets the proxy refuses, up to its first event stream.</summary>
    private protected async Task FallBackAsync(string token = $"'{Token}'")
    {
        Proxy.RefusesWebSockets = true;
        await MakeAsync(token);
        await Host.ExpectAsync("[\"state\",\"connecting\"]");
        for (int failure = 1; failure <= 3; failure++)
        {
            await FailAsync();
            await AdvanceAsync(0.5 * Math.Pow(2, failure - 1));
            await Host.ExpectAsync("[\"state\",\"connecting\"]");
        }
    }

    /// <summary>Node 20 tells of a WebSocket that never opened by an error alone: a second later it counts as closed.</summary>
    private async Task FailAsync()
    {
        await Host.ExpectAsync("[\"failed\"]");
        await Host.RunAsync("if (state !== 'waiting') clock.advance(1000)");
        await Host.ExpectAsync("[\"state\",\"waiting\"]");
    }

    private async Task PublishAsync(string name, string header, string[] texts)
    {
        using var http = new HttpClient();
        foreach (string text in texts)
        {
            using var content = new StringContent(text);
            content.Headers.Add(header, name);
            using HttpResponseMessage answer = await http.PostAsync($"http://{Keker.EndPoint}/v1/publish", content);
        }
    }
}
