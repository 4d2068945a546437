using System.Net;
using Keker.Tests.EndToEnd.Module;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Pages with keker.js in real browsers that come back after other breaks than silence: each message once, and in order.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class ReturnTests
{
    private AllBrowsers _browsers = null!;
    private int _lines;

    [OneTimeSetUp]
    public async Task StartAsync() => _browsers = await AllBrowsers.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_browsers is not null)
            await _browsers.DisposeAsync();
    }

    [Test]
    public async Task After_a_restart_of_the_server_one_gap_is_told_and_it_goes_on([ValueSource(typeof(Browser), nameof(Browser.Names))] string browser)
    {
        await using KekerProcess first = await KekerProcess.StartAsync("--drain", "0");
        using HostileProxy proxy = NewProxy(first.EndPoint);
        var page = new WatchedPage($"{browser}-restart");
        using var publisher = new Publisher(first.EndPoint);
        using var site = new BrowserPageServer(WatchedScripts.Module(first.EndPoint.ToString(), proxy.Address, page.Name));
        await page.OpenAsync(_browsers.Get(browser), site, publisher);
        await page.PublishAsync(publisher);
        await page.WaitForAllAsync();

        DateTimeOffset began = DateTimeOffset.UtcNow;
        first.Send(Signal.Terminate);
        await first.WaitForExitAsync();
        await using KekerProcess second = await KekerProcess.StartAsync("--cache", "1m");
        proxy.Server = second.EndPoint;
        DateTimeOffset ended = DateTimeOffset.UtcNow;
        using var after = new Publisher(second.EndPoint);
        await page.PublishAsync(after);
        await page.WaitForAllAsync();
        await page.PublishAsync(after);
        await page.WaitForAllAsync();

        page.Sum(browser, "keker.js", "restart of the server", began, ended);
        ExpectAllOnce(page, loads: 1, others: ["gap token", "gap topic"]);
    }

    [Test]
    public async Task A_reload_loses_and_repeats_nothing([ValueSource(typeof(Browser), nameof(Browser.Names))] string browser)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using HostileProxy proxy = NewProxy(keker.EndPoint);
        var page = new WatchedPage($"{browser}-reload");
        using var publisher = new Publisher(keker.EndPoint);
        using var site = new BrowserPageServer(WatchedScripts.Module(keker.EndPoint.ToString(), proxy.Address, page.Name));
        BrowserPage opened = await page.OpenAsync(_browsers.Get(browser), site, publisher);
        DateTimeOffset began = default;
        for (int i = 0; i < 5; i++)
        {
            // What comes while the page goes the browser may have acknowledged, and the page does not get it.
            await page.PublishAsync(publisher);
            began = DateTimeOffset.UtcNow;
            await opened.EvaluateAsync("setTimeout(() => location.reload()), 0");
            for (int more = 0; more < 5; more++)
                await page.PublishAsync(publisher);
            await page.WaitForAllAsync();
        }
        page.Sum(browser, "keker.js", "five reloads", began, began);

        ExpectAllOnce(page, loads: 6);
    }

    [Test]
    public async Task The_way_back_loses_and_repeats_nothing([ValueSource(typeof(Browser), nameof(Browser.Names))] string browser)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using HostileProxy proxy = NewProxy(keker.EndPoint);
        var page = new WatchedPage($"{browser}-cache");
        using var publisher = new Publisher(keker.EndPoint);
        using var site = new BrowserPageServer(WatchedScripts.Module(keker.EndPoint.ToString(), proxy.Address, page.Name));
        using var elsewhere = new BrowserPageServer("");
        BrowserPage opened = await page.OpenAsync(_browsers.Get(browser), site, publisher);

        DateTimeOffset began = DateTimeOffset.UtcNow;
        await opened.NavigateAsync(elsewhere.Url);
        using var backend = new Backend(keker.EndPoint);
        await backend.WaitForStatAsync("sessions", count => count == 0);
        for (int i = 0; i < 3; i++)
            await page.PublishAsync(publisher);
        DateTimeOffset ended = DateTimeOffset.UtcNow;
        await opened.GoBackAsync();
        await page.WaitForAllAsync();
        await page.PublishAsync(publisher);
        await page.WaitForAllAsync();

        // Firefox keeps no page with a WebSocket that is open when the way leads away, and does not wait for pagehide to say so: it loads the page anew.
        bool isKept = page.Others.Contains("restored");
        page.Sum(browser, isKept ? "keker.js, page kept" : "keker.js, page loaded anew", "away and back", began, ended);
        ExpectAllOnce(page, loads: isKept ? 1 : 2, others: isKept ? ["restored"] : []);
        Assert.That(isKept || browser != "chromium");
    }

    [Test]
    public async Task A_page_that_is_kept_for_the_way_back_is_disconnected_and_then_has_all([ValueSource(typeof(Browser), nameof(Browser.Names))] string browser)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using HostileProxy proxy = NewProxy(keker.EndPoint);
        var page = new WatchedPage($"{browser}-kept");
        using var publisher = new Publisher(keker.EndPoint);
        using var backend = new Backend(keker.EndPoint);
        using var site = new BrowserPageServer(WatchedScripts.Module(keker.EndPoint.ToString(), proxy.Address, page.Name));
        BrowserPage opened = await page.OpenAsync(_browsers.Get(browser), site, publisher);

        DateTimeOffset began = DateTimeOffset.UtcNow;
        await opened.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        await backend.WaitForStatAsync("sessions", count => count == 0);
        for (int i = 0; i < 3; i++)
            await page.PublishAsync(publisher);
        DateTimeOffset ended = DateTimeOffset.UtcNow;
        await opened.EvaluateAsync("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        await page.WaitForAllAsync();

        page.Sum(browser, "keker.js", "pagehide, pageshow", began, ended);
        ExpectAllOnce(page, loads: 1, others: "restored");
    }

    [Test]
    public async Task After_4401_the_token_is_asked_for_anew([ValueSource(typeof(Browser), nameof(Browser.Names))] string browser)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using HostileProxy proxy = NewProxy(keker.EndPoint);
        using var refusing = new RefusingServer(4401);
        var page = new WatchedPage($"{browser}-4401");
        using var publisher = new Publisher(keker.EndPoint);
        string token = $"async () => (say('asked'), '{page.Name}')";
        using var site = new BrowserPageServer(WatchedScripts.Module(keker.EndPoint.ToString(), proxy.Address, page.Name, token));
        await page.OpenAsync(_browsers.Get(browser), site, publisher);

        DateTimeOffset began = DateTimeOffset.UtcNow;
        proxy.Server = refusing.EndPoint;
        proxy.ResetClients();
        await page.PublishAsync(publisher);
        string hello = await refusing.NextHelloAsync();
        proxy.Server = keker.EndPoint;
        DateTimeOffset ended = DateTimeOffset.UtcNow;
        await page.WaitForAllAsync();

        page.Sum(browser, "keker.js", "4401", began, ended);
        Assert.That(hello, Does.StartWith($"HELLO {page.Name} "));
        ExpectAllOnce(page, loads: 1, others: ["asked", "asked", "asked"]);
    }

    [Test]
    public async Task In_a_worker_it_does_the_same([ValueSource(typeof(Browser), nameof(Browser.Names))] string browser)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using HostileProxy proxy = NewProxy(keker.EndPoint);
        var page = new WatchedPage($"{browser}-worker");
        using var publisher = new Publisher(keker.EndPoint);
        using var site = new BrowserPageServer(WatchedScripts.Worker(keker.EndPoint.ToString(), proxy.Address, page.Name));
        await page.OpenAsync(_browsers.Get(browser), site, publisher);

        DateTimeOffset began = DateTimeOffset.UtcNow;
        proxy.ResetClients();
        await page.PublishAsync(publisher);
        await page.WaitForAllAsync();

        page.Sum(browser, "keker.js in a worker", "reset", began, began);
        ExpectAllOnce(page, loads: 1);
    }

    private static void ExpectAllOnce(WatchedPage page, int loads, params string[] others)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page.Received("token"), Is.EqualTo(page.Published("token")));
            Assert.That(page.Received("topic"), Is.EqualTo(page.Published("topic")));
            Assert.That(page.Others.Count(line => line == "load"), Is.EqualTo(loads));
            Assert.That(page.Others.Where(line => line != "load" && !line.StartsWith("state", StringComparison.Ordinal)), Is.EquivalentTo(others));
        }
    }

    private HostileProxy NewProxy(IPEndPoint server) => new(server, WatchedPage.OwnLoopback(Interlocked.Increment(ref _lines)));
}
