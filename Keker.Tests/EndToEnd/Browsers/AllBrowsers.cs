namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>One of each browser that this machine has.</summary>
internal sealed class AllBrowsers : IAsyncDisposable
{
    private readonly Dictionary<string, Browser> _browsers = [];
    private readonly Dictionary<string, string> _whyNot = [];

    private AllBrowsers()
    {
    }

    public static async Task<AllBrowsers> StartAsync()
    {
        var all = new AllBrowsers();
        foreach (string name in Browser.Names)
        {
            try
            {
                all._browsers[name] = await Browser.StartAsync(name);
            }
            catch (IgnoreException e)
            {
                all._whyNot[name] = e.Message;
            }
        }
        return all;
    }

    /// <summary>The one with this name. Where there is none, the test is skipped.</summary>
    public Browser Get(string name)
    {
        if (_whyNot.TryGetValue(name, out string? reason))
            Assert.Ignore(reason);
        return _browsers[name];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Browser browser in _browsers.Values)
            await browser.DisposeAsync();
    }
}
