using System.Net.Http.Headers;
using System.Text.Json;
using Keker.Benchmarks.Common.Proxy;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>The examples of README.md for pages, run by a real browser.</summary>
internal sealed class BrowserTests
{
    private const string Token = "alice-7f3a9c";

    private Chromium _chromium = null!;

    [OneTimeSetUp]
    public async Task StartBrowser() => _chromium = await Chromium.StartAsync();

    [OneTimeTearDown]
    public async Task StopBrowser()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
    }

    [TestCase("Quick start")]
    [TestCase("Three lines, bare")]
    [TestCase("Reconnecting")]
    public async Task The_lines_of_the_manual_bring_a_message_from_curl_to_a_page(string heading)
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--cache", "1m");
        using var site = new BrowserPageServer(server.Localize(ReadmeFile.Example(heading, "js")));
        string curl = server.Localize(ReadmeFile.CurlCommands().First());

        BrowserPage page = await _chromium.OpenAsync(site);
        await ReadmeShell.RunAsync(curl);
        string cachedOrLive = await page.NextConsoleLineAsync();
        string answer = await ReadmeShell.RunAsync(curl);
        string live = await page.NextConsoleLineAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(cachedOrLive, Is.EqualTo("Hello, Alice"));
            Assert.That(live, Is.EqualTo("Hello, Alice"));
            Assert.That(ReadmeFile.Table("Publishing to one recipient")[0][2], Is.EqualTo($"`{answer}`"));
        }
    }

    [Test]
    public async Task A_broadcast_reaches_a_page_and_is_answered_as_shown()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--cache", "1m");
        using var site = new BrowserPageServer(server.Localize(ReadmeFile.Example("Quick start", "js")));

        BrowserPage page = await _chromium.OpenAsync(site);
        await ReadmeShell.RunAsync(server.Localize(ReadmeFile.CurlCommands().First()));
        await page.NextConsoleLineAsync();
        string answer = await ReadmeShell.RunAsync(server.Localize(ReadmeFile.Example("Publishing to everyone", "sh")));
        string received = await page.NextConsoleLineAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(received, Is.EqualTo("Maintenance at noon"));
            Assert.That(ReadmeFile.Table("Publishing to everyone")[0][2], Is.EqualTo($"`{answer}`"));
        }
    }

    [Test]
    public async Task Bytes_arrive_as_bytes_and_leave_the_page_connected()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--cache", "1m");
        string script =
            $$"""
            {{server.Localize(ReadmeFile.Example("Quick start", "js"))}}
            const onText = (text) => console.log("text", text);
            const onBytes = (bytes) => console.log("bytes", bytes.join(","));
            {{ReadmeFile.Example("Text and binary", "js")}}
            """;
        using var site = new BrowserPageServer(script);

        BrowserPage page = await _chromium.OpenAsync(site);
        await PublishAsync(server, [0xC3, 0x28, 0xFF], "text/plain");
        await PublishAsync(server, [65, 66], "application/octet-stream");
        await PublishAsync(server, "Grüße 🎉"u8.ToArray(), "text/plain");
        string[] received = [await page.NextConsoleLineAsync(), await page.NextConsoleLineAsync(), await page.NextConsoleLineAsync()];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(received, Is.EqualTo(new[] { "bytes 195,40,255", "bytes 65,66", "text Grüße 🎉" }));
            Assert.That(await page.EvaluateAsync("socket.readyState"), Is.EqualTo("1"));
        }
    }

    [Test]
    public async Task The_reconnecting_page_is_back_after_a_restart_and_finds_what_waited()
    {
        await using ReadmeServer first = await ReadmeServer.StartAsync("--cache", "1m", "--drain", "0");
        using var site = new BrowserPageServer(first.Localize(ReadmeFile.Example("Reconnecting", "js")));
        BrowserPage page = await _chromium.OpenAsync(site);
        await PublishAsync(first, "before"u8.ToArray(), "text/plain");
        string before = await page.NextConsoleLineAsync();

        int status = await first.StopAsync();
        await using ReadmeServer second = await ReadmeServer.StartOnAsync(first.Address, "--cache", "1m");
        await PublishAsync(second, "after"u8.ToArray(), "text/plain");
        string after = await page.NextConsoleLineAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(status, Is.Zero);
            Assert.That(before, Is.EqualTo("before"));
            Assert.That(after, Is.EqualTo("after"));
        }
    }

    [Test]
    public async Task The_reconnecting_page_gives_up_when_it_is_refused()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        string script = server.Localize(ReadmeFile.Example("Reconnecting", "js")).Replace(Token, "two words", StringComparison.Ordinal);
        using var site = new BrowserPageServer(script);

        BrowserPage page = await _chromium.OpenAsync(site);

        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("closed for good: 1008 expected: HELLO <AUTH_INFO>"));
    }

    [Test]
    public async Task Only_pages_of_an_allowed_origin_get_in()
    {
        using var own = new BrowserPageServer("");
        using var foreign = new BrowserPageServer("");
        await using ReadmeServer server = await ReadmeServer.StartAsync("--allow-origin", own.Origin);

        BrowserPage allowed = await _chromium.OpenAsync(own);
        BrowserPage refused = await _chromium.OpenAsync(foreign);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await allowed.EvaluateAsync(FateOf(server, "")), Is.EqualTo("open"));
            Assert.That(await refused.EvaluateAsync(FateOf(server, "")), Is.EqualTo("closed with 1006"));
        }
    }

    [Test]
    public async Task An_event_source_of_another_origin_gets_text_and_bytes_and_is_back_by_itself_after_a_cut()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--cache", "1m");
        using var cut = new CuttingProxy(server.EndPoint, new CutTotals());
        string script = ReadmeFile.Example("Without WebSocket", "js").Replace("localhost:3498", cut.EndPoint.ToString(), StringComparison.Ordinal);
        using var site = new BrowserPageServer(script);

        BrowserPage page = await _chromium.OpenAsync(site);
        await PublishAsync(server, "Grüße 🎉\nzwei"u8.ToArray(), "text/plain");
        await PublishAsync(server, [65, 66], "application/octet-stream");
        string[] received = [await page.NextConsoleLineAsync(), await page.NextConsoleLineAsync()];
        cut.CutAll(CutKind.HalfOpen, takesAll: true, Timeout.InfiniteTimeSpan);
        await PublishAsync(server, "while away"u8.ToArray(), "text/plain");
        string back = await page.NextConsoleLineAsync();
        await server.PublishAsync(Token, "live");
        string live = await page.NextConsoleLineAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(received[0], Is.EqualTo("Grüße 🎉\nzwei"));
            Assert.That(received[1], Does.StartWith("bytes Uint8Array(2)"));
            Assert.That((back, live), Is.EqualTo(("while away", "live")), "nothing lost, nothing twice");
        }
    }

    [Test]
    public async Task An_event_source_of_a_token_and_topics_is_back_by_itself_with_all_of_them()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--cache", "1m");
        using var cut = new CuttingProxy(server.EndPoint, new CutTotals());
        string script = ReadmeFile.Example("Event streams of topics", "js").Replace("localhost:3498", cut.EndPoint.ToString(), StringComparison.Ordinal);
        using var site = new BrowserPageServer(script);

        BrowserPage page = await _chromium.OpenAsync(site);
        await PublishAsync(server, "1"u8.ToArray(), "text/plain");
        await PublishAsync(server, "2"u8.ToArray(), "text/plain", topic: "match-17");
        string[] received = [await page.NextConsoleLineAsync(), await page.NextConsoleLineAsync()];
        cut.CutAll(CutKind.HalfOpen, takesAll: true, Timeout.InfiniteTimeSpan);
        await PublishAsync(server, "3"u8.ToArray(), "text/plain", topic: "match-17");
        await PublishAsync(server, "4"u8.ToArray(), "text/plain");
        string[] back = [await page.NextConsoleLineAsync(), await page.NextConsoleLineAsync()];
        await PublishAsync(server, "5"u8.ToArray(), "text/plain", topic: "match-17");

        Assert.That(received, Is.EquivalentTo(new[] { "for me 1", "match 2" }));
        Assert.That(back, Is.EquivalentTo(new[] { "for me 4", "match 3" }));
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("match 5"), "nothing lost, nothing twice, and no gap");
    }

    [Test]
    public async Task A_page_that_asks_for_a_sub_protocol_gives_up()
    {
        using var site = new BrowserPageServer("");
        await using ReadmeServer server = await ReadmeServer.StartAsync();

        BrowserPage page = await _chromium.OpenAsync(site);

        Assert.That(await page.EvaluateAsync(FateOf(server, ", 'chat'")), Is.EqualTo("closed with 1006"));
    }

    /// <summary>A promise of what becomes of a WebSocket.</summary>
    private static string FateOf(ReadmeServer server, string moreArguments) =>
        $$"""
        new Promise((resolve) => {
          const socket = new WebSocket("ws://{{server.Address}}/v1/subscribe"{{moreArguments}});
          socket.onopen = () => resolve("open");
          socket.onclose = ({ code }) => resolve(`closed with ${code}`);
        })
        """;

    /// <summary>Publishes; whether the page is there already does not matter, since the server keeps messages for it. A session that was cut may count as well.</summary>
    private static async Task PublishAsync(ReadmeServer server, byte[] body, string contentType, string? topic = null)
    {
        using var client = new HttpClient { BaseAddress = server.Url };
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        content.Headers.Add(topic is null ? "Token" : "Topic", topic ?? Token);

        using HttpResponseMessage answer = await client.PostAsync("/v1/publish", content);

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        JsonElement data = json.RootElement.GetProperty("data");
        Assert.That(data.GetProperty("sessions").GetInt32() + data.GetProperty("cached").GetInt32(), Is.AtLeast(1), json.RootElement.ToString());
    }
}
