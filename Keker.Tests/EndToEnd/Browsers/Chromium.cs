using System.Net.WebSockets;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Chromium, by its DevTools protocol.</summary>
internal sealed class Chromium : Browser
{
    private readonly BrowserProcess _process;
    private readonly BrowserWire _devTools;

    private Chromium(BrowserProcess process, BrowserWire devTools)
    {
        _process = process;
        _devTools = devTools;
    }

    public static async Task<Chromium> StartAsync()
    {
        string? path = BrowserProcess.Find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
        Assert.That(path, Is.Not.Null, "no Chromium on PATH: install it (on Debian: apt-get install chromium)");
        var process = BrowserProcess.Start(path!, profile =>
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-port=0",
            $"--user-data-dir={profile}", "about:blank",
        ]);
        return new Chromium(process, await BrowserWire.ConnectAsync(await process.GetAddressAsync()));
    }

    public override async Task<BrowserPage> OpenAsync(Uri url) => await OpenPageAsync(url);

    /// <summary>The same, for who needs more than all browsers have.</summary>
    public Task<ChromiumPage> OpenPageAsync(Uri url) => ChromiumPage.OpenAsync(_devTools, url);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _devTools.CallAsync("Browser.close");
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException or InvalidOperationException)
        {
            // It has ended by itself, or is ended below.
        }
        await _process.DisposeAsync();
        await _devTools.DisposeAsync();
    }
}
