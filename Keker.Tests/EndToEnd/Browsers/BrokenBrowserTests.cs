using Keker.Benchmarks.Common.Proxy;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A real browser whose connection breaks without the server's knowledge, with the README's own snippets.</summary>
internal sealed class BrokenBrowserTests
{
    private const string Token = "alice-7f3a9c";

    private Chromium _chromium = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _chromium = await Chromium.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _chromium.DisposeAsync();

    [Test]
    public async Task A_plain_page_gets_everything_in_order_though_its_connection_was_cut()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using var proxy = new CuttingProxy(server.EndPoint, new CutTotals());
        using var site = new BrowserPageServer(Through(proxy, server, ReadmeFile.Example("Reconnecting", "js")));
        BrowserPage page = await _chromium.OpenAsync(site);
        await server.PublishAsync(Token, "1");
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("1"));

        proxy.CutAll(CutKind.HalfOpen, takesAll: true, Timeout.InfiniteTimeSpan);
        for (int i = 2; i <= 5; i++)
            await server.PublishAsync(Token, $"{i}");

        // What was confirmed before the cut does not come again; what was not may.
        string line;
        do
            line = await page.NextConsoleLineAsync();
        while (line == "1");
        List<string> lines = [line];
        while (lines[^1] != "5")
            lines.Add(await page.NextConsoleLineAsync());
        Assert.That(lines, Is.EqualTo(new[] { "2", "3", "4", "5" }));
    }

    [Test]
    public async Task A_page_subscribes_to_a_topic_and_leaves_it()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        string[] commands = ReadmeFile.Example("Topics", "js").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var site = new BrowserPageServer(server.Localize(ReadmeFile.Example("Quick start", "js")));
        BrowserPage page = await _chromium.OpenAsync(site);
        await server.PublishAsync(Token, "joined");
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("joined"));

        await page.EvaluateAsync(commands[0]);
        while (await server.PublishAsync("match-17", "goal", header: "Topic") == 0)
        {
        }
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("goal"));
        await page.EvaluateAsync(commands[1]);
        while (await server.PublishAsync("match-17", "goal", header: "Topic") > 0)
        {
        }
    }

    private static string Through(CuttingProxy proxy, ReadmeServer server, string script) =>
        server.Localize(script).Replace(server.Address, proxy.EndPoint.ToString(), StringComparison.Ordinal);
}
