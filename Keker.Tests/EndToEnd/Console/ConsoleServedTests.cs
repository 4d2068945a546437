using System.Text.RegularExpressions;
using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd.Console;

/// <summary>Where the console is served, and what the answers say to browsers.</summary>
internal sealed partial class ConsoleServedTests
{
    private const string Key = "console-key-0123456789";

    [Test]
    public async Task The_page_and_its_files_forbid_all_but_themselves()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", Key);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{keker.EndPoint}") };
        string page = await client.GetStringAsync("/");
        string[] files = [.. Files().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.That(files, Is.EquivalentTo(new[] { "/console/icon.svg", "/console/console.css", "/console/app.js" }));
        Assert.That(page, Does.Not.Match(@"style=|<style|onclick|<script(?! type=""module"" src)|https?:"), "nothing inline, nothing from outside");

        foreach (string path in files.Prepend("/"))
        {
            using HttpResponseMessage answer = await client.GetAsync(path);
            Assert.That((int)answer.StatusCode, Is.EqualTo(200), path);
            string[] policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split("; ");
            Assert.That(policy, Is.SupersetOf(new[]
            {
                "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
            }));
            Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
            Assert.That(answer.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "no-referrer" }));
            Assert.That(answer.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            using HttpResponseMessage kept = await client.SendAsync(again);
            Assert.That((int)kept.StatusCode, Is.EqualTo(304));
        }
    }

    [TestCaseSource(typeof(Browser), nameof(Browser.Names))]
    public async Task Any_browser_opens_it_and_gets_live_data(string name)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", Key);
        await using Browser browser = await Browser.StartAsync(name);
        BrowserPage page = await browser.OpenAsync(new Uri($"http://{keker.EndPoint}/"));

        string state = await page.EvaluateAsync(
            $$"""
            new Promise((resolve) => {
              const live = document.querySelector("#live");
              const form = () => document.querySelector("form");
              const open = () => { form().querySelector("input").value = "{{Key}}"; form().requestSubmit(); };
              const look = () => live.dataset.state === "live" ? resolve("live") : setTimeout(look, 50);
              const wait = () => form() ? (open(), look()) : setTimeout(wait, 50);
              wait();
            })
            """);

        Assert.That(state, Is.EqualTo("live"));
    }

    [TestCase("/v1/console/live")]
    [TestCase("/v1/console/history")]
    [TestCase("/v1/console/settings")]
    [TestCase("/v1/console/topics")]
    [TestCase("/v1/console/sessions?token=a")]
    [TestCase("/v1/console/message?key=a")]
    [TestCase("/v1/console/watch?topic=a")]
    public async Task What_the_page_asks_for_needs_the_key(string path)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", Key);
        using var stranger = new Backend(keker.EndPoint);
        using var guesser = new Backend(keker.EndPoint) { Key = "guessed" };
        Assert.That((await stranger.GetAsync(path)).Status, Is.EqualTo(401));
        Assert.That((await guesser.GetAsync(path)).Status, Is.EqualTo(401));
    }

    [TestCase("/v1/console/history?after=x", 400)]
    [TestCase("/v1/console/topics?kind=crowd", 400)]
    [TestCase("/v1/console/sessions", 400)]
    [TestCase("/v1/console/message", 400)]
    [TestCase("/v1/console/message?id=a:b", 400)]
    [TestCase("/v1/console/message?id=1:1&token=", 400)]
    [TestCase("/v1/console/watch?token=a", 400)]
    [TestCase("/v1/console/watch?topic=a&topic=b", 400)]
    public async Task A_question_that_is_none_is_told_how_to_ask(string path, int status)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", Key);
        using var backend = new Backend(keker.EndPoint) { Key = Key };
        RawResponse answer = await backend.GetAsync(path);
        Assert.That((answer.Status, answer.Message.Length > 0), Is.EqualTo((status, true)));
    }

    [Test]
    public async Task An_admin_address_serves_it_without_a_key_and_lets_its_own_page_log_out()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0");
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "alice");
        await using Chromium chromium = await Chromium.StartAsync();
        using var site = new Backend(keker.EndPoint);
        Assert.That((await site.GetAsync("/")).Status, Is.EqualTo(404), "not on the port for pages");

        await using ConsolePage console = await ConsolePage.OpenAsync(chromium, keker.AdminEndPoints[0], view: "topics");
        await console.WaitForTextAsync("1 match.");
        await console.TabToAsync("alice");
        await console.PressAsync("Enter");
        await console.WaitForTextAsync("127.0.0.1");
        await console.TabToAsync("Log out …");
        await console.PressAsync("Enter");
        await console.TabToAsync("Log out");
        await console.PressAsync("Enter");

        await session.ExpectCloseAsync(4403, "logged out");
        Assert.That(console.Errors, Is.Empty);
    }

    [TestCase("http://127.0.0.1:1", 403)]
    [TestCase("https://evil.example", 403)]
    [TestCase("null", 403)]
    public async Task Without_a_key_no_other_page_may_do_it(string origin, int status)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new Uri($"http://{keker.AdminEndPoints[0]}") };
        Assert.That(await StatusAsync(client, origin), Is.EqualTo(status));
        Assert.That(await StatusAsync(client, $"http://{keker.AdminEndPoints[0]}"), Is.EqualTo(200), "but its own");
        client.DefaultRequestHeaders.Host = $"evil.example:{keker.AdminEndPoints[0].Port}";
        Assert.That(await StatusAsync(client, $"http://evil.example:{keker.AdminEndPoints[0].Port}"), Is.EqualTo(403), "a name can be made to lead here");
    }

    [TestCase("127.0.0.1", null, true, 200)]
    [TestCase("127.0.0.1", "none", true, 200)]
    [TestCase("127.0.0.1", "same-origin", true, 200)]
    [TestCase("127.0.0.1", "same-site", true, 403)]
    [TestCase("127.0.0.1", "cross-site", true, 403)]
    [TestCase("evil.example", "same-origin", true, 403)]
    [TestCase("evil.example", null, true, 403)]
    [TestCase("admin.example", null, false, 200)]
    public async Task Without_a_key_no_other_page_may_read_it(string host, string? site, bool isBrowser, int status)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new Uri($"http://{keker.AdminEndPoints[0]}") };
        client.DefaultRequestHeaders.Host = $"{host}:{keker.AdminEndPoints[0].Port}";
        if (site is not null)
            client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        if (isBrowser)
            client.DefaultRequestHeaders.Add("Accept-Language", "en");
        using HttpResponseMessage answer = await client.GetAsync(new Uri("/v1/sessions?token=a", UriKind.Relative));
        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
    }

    private static async Task<int> StatusAsync(HttpClient client, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/sessions?token=a");
        request.Headers.Add("Origin", origin);
        using HttpResponseMessage answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    [GeneratedRegex("(?:src|href)=\"(/[^\"]+)\"")]
    private static partial Regex Files();
}
