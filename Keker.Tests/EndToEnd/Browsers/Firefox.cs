using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Firefox, by WebDriver BiDi.</summary>
internal sealed class Firefox : Browser
{
    /// <summary>It is to talk to nobody outside.</summary>
    private const string Preferences =
        """
        user_pref("app.normandy.enabled", false);
        user_pref("app.update.disabledForTesting", true);
        user_pref("browser.safebrowsing.update.enabled", false);
        user_pref("datareporting.policy.dataSubmissionEnabled", false);
        user_pref("network.captive-portal-service.enabled", false);
        user_pref("network.connectivity-service.enabled", false);
        user_pref("services.settings.server", "data:,");
        """;

    private readonly BrowserProcess _process;
    private readonly BrowserWire _bidi;

    private Firefox(BrowserProcess process, BrowserWire bidi)
    {
        _process = process;
        _bidi = bidi;
    }

    public static async Task<Firefox> StartAsync()
    {
        string? path = BrowserProcess.Find("firefox-esr", "firefox");
        if (path is null)
            Assert.Ignore("no Firefox on PATH: install it (on Debian: apt-get install firefox-esr)");
        var process = BrowserProcess.Start(path!, profile =>
        {
            File.WriteAllText(Path.Combine(profile, "user.js"), Preferences);
            return ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile, "about:blank"];
        });
        BrowserWire bidi = await BrowserWire.ConnectAsync(new Uri(await process.GetAddressAsync(), "session"));
        await bidi.CallAsync("session.new", new JsonObject { ["capabilities"] = new JsonObject() });
        await bidi.CallAsync("session.subscribe", new JsonObject { ["events"] = new JsonArray("log.entryAdded") });
        return new Firefox(process, bidi);
    }

    public override async Task<BrowserPage> OpenAsync(Uri url) => await FirefoxPage.OpenAsync(_bidi, url);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _bidi.CallAsync("browser.close");
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException or InvalidOperationException)
        {
            // It has ended by itself, or is ended below.
        }
        await _process.DisposeAsync();
        await _bidi.DisposeAsync();
    }
}
