using Keker.Tests.EndToEnd.Module;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Pages in real browsers whose network falls silent, in real time. All holes are there at the same time.</summary>
[Category("Long")]
[Parallelizable(ParallelScope.Children)]
internal sealed class SilenceTests
{
    private const int Port = 3498;

    /// <summary>What a busy machine may take longer than any other.</summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PublishingInterval = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Browser> _browsers = [];
    private NetworkNamespace? _network;
    private string _whyNoNetwork = "";
    private string _whyNoFirefox = "";
    private KekerProcess _keker = null!;
    private KekerProcess? _kekerInNetwork;
    private int _lines;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        // Before the browsers: each looks at all networks of the machine, and begins anew where one comes.
        (_network, _whyNoNetwork) = await NetworkNamespace.MakeAsync(lines: 17);
        _keker = await KekerProcess.StartAsync();
        if (_network is not null)
            _kekerInNetwork = await KekerProcess.StartByAsync(_network.Launcher, "--listen", $"0.0.0.0:{Port}");
        foreach (string name in Browser.Names)
        {
            try
            {
                _browsers[name] = await Browser.StartAsync(name);
            }
            catch (IgnoreException e)
            {
                _whyNoFirefox = e.Message;
            }
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        foreach (Browser browser in _browsers.Values)
            await browser.DisposeAsync();
        if (_keker is not null)
            await _keker.DisposeAsync();
        if (_kekerInNetwork is not null)
            await _kekerInNetwork.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
    }

    [Test]
    public async Task With_the_module_each_message_comes_once_and_in_order(
        [ValueSource(typeof(Browser), nameof(Browser.Names))] string browser,
        [Values("proxy", "namespace")] string network,
        [Values(30, 100)] int seconds,
        [Values("no event", "online", "visibilitychange")] string sign)
    {
        var page = new WatchedPage(NameOf(browser, network, seconds, sign));
        BreakResult result = await RunAsync(browser, network, seconds, page, (module, server) => WatchedScripts.Module(module, server, page.Name), sign);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.Received("token"), Is.EqualTo(page.Published("token")));
            Assert.That(page.Received("topic"), Is.EqualTo(page.Published("topic")));
            Assert.That(page.Others.Count(line => line == "load"), Is.EqualTo(1), "it did not reload");
            Assert.That(page.Others, Has.None.StartsWith("gap").And.None.StartsWith("error"));
            Assert.That(result.Back, Is.LessThan((sign == "no event" ? TimeSpan.FromSeconds(40) : TimeSpan.FromSeconds(3)) + Allowance));
        }
    }

    [Test]
    public async Task With_a_bare_WebSocket_each_message_comes_at_least_once(
        [ValueSource(typeof(Browser), nameof(Browser.Names))] string browser,
        [Values("proxy", "namespace")] string network,
        [Values(30, 100)] int seconds)
    {
        var page = new WatchedPage(NameOf(browser, network, seconds, "bare"));
        await RunAsync(browser, network, seconds, page, (_, server) => WatchedScripts.Bare(server, page.Name), sign: null);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.Received("token").Distinct(), Is.EqualTo(page.Published("token")));
            Assert.That(page.Received("topic").Distinct(), Is.EqualTo(page.Published("topic")));
        }
    }

    private static string NameOf(params object[] words) => string.Join('-', words).Replace(" ", "", StringComparison.Ordinal);

    /// <summary>A hole from beginning to end, with messages before it, in it and after it.</summary>
    private async Task<BreakResult> RunAsync(string browser, string network, int seconds, WatchedPage page, Func<string, string, string> write, string? sign)
    {
        if (!_browsers.ContainsKey(browser))
            Assert.Ignore(_whyNoFirefox);
        if (network == "namespace" && _network is null)
            Assert.Ignore(_whyNoNetwork);
        using HostileProxy? proxy = network == "proxy" ? new HostileProxy(_keker.EndPoint) : null;
        ILine line = proxy is not null ? proxy : new NamespaceLine(_network!, Interlocked.Increment(ref _lines), Port);
        // Line 0 has no holes.
        System.Net.IPEndPoint server = proxy is not null ? _keker.EndPoint : new(_network!.ServerOn(0), Port);
        using var publisher = new Publisher(server);
        using var site = new BrowserPageServer(write(server.ToString(), line.Address));
        BrowserPage opened = await page.OpenAsync(_browsers[browser], site, publisher);
        for (int i = 0; i < 4; i++)
            await page.PublishAsync(publisher);

        await line.BeginHoleAsync();
        DateTimeOffset began = DateTimeOffset.UtcNow;
        for (TimeSpan left; (left = began + TimeSpan.FromSeconds(seconds) - DateTimeOffset.UtcNow) > TimeSpan.Zero;)
        {
            await page.PublishAsync(publisher);
            await Task.Delay(left < PublishingInterval ? left : PublishingInterval);
        }
        await line.EndHoleAsync();
        DateTimeOffset ended = DateTimeOffset.UtcNow;
        if (sign is not null and not "no event")
            Assert.That(await opened.EvaluateAsync($"document.dispatchEvent(new Event('{sign}', {{ bubbles: true }})) && document.visibilityState"), Is.EqualTo("visible"));
        await page.PublishAsync(publisher);
        await page.WaitForAllAsync(ended + Patience.Limit);
        await page.PublishAsync(publisher);
        await page.WaitForAllAsync(DateTimeOffset.UtcNow + TimeSpan.FromSeconds(10));
        await TestContext.Out.WriteLineAsync(page.Told(since: ended));
        return page.Sum(browser, sign is null ? "bare WebSocket" : $"keker.js, {sign}", $"hole, {network}", began, ended);
    }
}
