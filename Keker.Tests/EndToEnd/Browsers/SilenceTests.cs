using System.Net;
using Keker.Tests.EndToEnd.Module;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Pages in real browsers whose network falls silent, in real time. All holes are there at the same time.</summary>
[Category("Long")]
[Parallelizable(ParallelScope.Children)]
internal sealed class SilenceTests
{
    private const int Port = 3498;

    /// <summary>Seconds. Just then keker.js gives its connection up: what comes in that moment the browser has acknowledged, and the page does not get it.</summary>
    private const int ShortHole = 30;
    private const int LongHole = 100;

    /// <summary>What a busy machine may take longer than any other.</summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(1);

    /// <summary>So long the server waits for an acknowledgement before it takes a network for dead.</summary>
    private static readonly TimeSpan NoticedAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PublishingInterval = TimeSpan.FromSeconds(2);

    private AllBrowsers _browsers = null!;
    private NetworkNamespace? _network;
    private string _whyNoNetwork = "";
    private KekerProcess _keker = null!;
    private KekerProcess? _kekerInNetwork;
    private int _lines;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        // Before the browsers: each looks at all networks of the machine, and begins anew where one comes.
        (_network, _whyNoNetwork) = await NetworkNamespace.MakeAsync(lines: 33);
        _keker = await KekerProcess.StartAsync();
        if (_network is not null)
            _kekerInNetwork = await KekerProcess.StartByAsync(_network.Launcher, "--listen", $"0.0.0.0:{Port}");
        _browsers = await AllBrowsers.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_browsers is not null)
            await _browsers.DisposeAsync();
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
        [Values(ShortHole, LongHole)] int seconds,
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
            Assert.That(result.Back, Is.LessThan(MostToBeBack(browser, sign) + Allowance));
        }
    }

    [Test]
    public async Task With_a_bare_WebSocket_each_message_comes_at_least_once(
        [ValueSource(typeof(Browser), nameof(Browser.Names))] string browser,
        [Values("proxy", "namespace")] string network,
        [Values(ShortHole, LongHole)] int seconds)
    {
        var page = new WatchedPage(NameOf(browser, network, seconds, "bare"));
        BreakResult result = await RunAsync(browser, network, seconds, page, (_, server) => WatchedScripts.Bare(server, page.Name), sign: null);

        // TCP tries again after twice the time each time. Who is back later than the server holds his place gets what may wait longer.
        bool isInTime = result.Length + result.Back < NoticedAfter + TimeSpan.FromMinutes(2);
        using (Assert.EnterMultipleScope())
        {
            if (isInTime)
            {
                Assert.That(page.Received("token").Distinct(), Is.EqualTo(page.Published("token")));
                Assert.That(page.Received("topic").Distinct(), Is.EqualTo(page.Published("topic")));
            }
            Assert.That(page.Published("token").Where(text => text.EndsWith("ttl", StringComparison.Ordinal)).Except(page.Received("token")), Is.Empty);
            Assert.That(result.Back, Is.Not.Null);
        }
    }

    /// <summary>Firefox holds an attempt back after others have failed, for some seconds more each time, whatever the page asks for (network.websocket.delay-failed-reconnects).</summary>
    private static TimeSpan MostToBeBack(string browser, string sign) => TimeSpan.FromSeconds(sign == "no event" || browser == "firefox" ? 40 : 3);

    private static string NameOf(params object[] words) => string.Join('-', words).Replace(" ", "", StringComparison.Ordinal);

    /// <summary>A hole from beginning to end, with messages before it, in it and after it.</summary>
    private async Task<BreakResult> RunAsync(string browser, string network, int seconds, WatchedPage page, Func<string, string, string> write, string? sign)
    {
        if (network == "namespace" && _network is null)
            Assert.Ignore(_whyNoNetwork);
        int number = Interlocked.Increment(ref _lines);
        using HostileProxy? proxy = network == "proxy" ? new HostileProxy(_keker.EndPoint, WatchedPage.OwnLoopback(number)) : null;
        ILine line = proxy is not null ? proxy : new NamespaceLine(_network!, number, Port);
        // Line 0 has no holes.
        IPEndPoint server = proxy is not null ? _keker.EndPoint : new(_network!.ServerOn(0), Port);
        using var publisher = new Publisher(server);
        using var site = new BrowserPageServer(write(server.ToString(), line.Address));
        BrowserPage opened = await page.OpenAsync(_browsers.Get(browser), site, publisher);
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
