namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A headless browser with an empty profile of its own.</summary>
internal abstract class Browser : IAsyncDisposable
{
    /// <summary>All that there are, for the cases of a test.</summary>
    public static readonly string[] Names = ["chromium", "firefox"];

    /// <summary>Starts the one with this name.</summary>
    public static async Task<Browser> StartAsync(string name) => name == "firefox" ? await Firefox.StartAsync() : await Chromium.StartAsync();

    /// <summary>Opens a page in a window of its own, and returns once it is loaded.</summary>
    public abstract Task<BrowserPage> OpenAsync(Uri url);

    /// <summary>Opens a page that a server of the test serves.</summary>
    public Task<BrowserPage> OpenAsync(BrowserPageServer server) => OpenAsync(server.Url);

    public abstract ValueTask DisposeAsync();
}
