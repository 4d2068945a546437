using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>A page in Chromium, which imports the module across origins.</summary>
internal sealed class ChromiumHost : ModuleHost
{
    private readonly Chromium _chromium;
    private readonly BrowserPageServer _site;
    private readonly BrowserPage _page;

    private ChromiumHost(Chromium chromium, BrowserPageServer site, BrowserPage page)
    {
        _chromium = chromium;
        _site = site;
        _page = page;
        _ = ListenAsync();
    }

    public static async Task<ChromiumHost> StartAsync(Uri module)
    {
        Chromium chromium = await Chromium.StartAsync();
        var site = new BrowserPageServer(await File.ReadAllTextAsync(Path.Combine(Folder, "driver.js")));
        var host = new ChromiumHost(chromium, site, await chromium.OpenAsync(site));
        await host.RunAsync($"globalThis.Keker = (await import('{module}')).Keker");
        return host;
    }

    public override Task RunAsync(string script) => _page.EvaluateAsync($"(async () => {{ {script} }})()");

    public override async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _site.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
            Heard(await _page.NextConsoleLineAsync());
    }
}
