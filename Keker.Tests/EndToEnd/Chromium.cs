using System.Diagnostics;
using System.Net.WebSockets;

namespace Keker.Tests.EndToEnd;

/// <summary>A headless Chromium with an empty profile of its own.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private readonly DirectoryInfo _profile;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly List<string> _output = [];

    private Chromium(string path)
    {
        _profile = Directory.CreateTempSubdirectory("keker-chromium-");
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-port=0",
            $"--user-data-dir={_profile.FullName}", "about:blank",
        ];
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
    }

    /// <summary>The connection to it.</summary>
    public BrowserDevTools DevTools { get; private set; } = null!;

    public static async Task<Chromium> StartAsync()
    {
        var chromium = new Chromium(Find());
        chromium._process.Start();
        chromium._process.BeginOutputReadLine();
        chromium._process.BeginErrorReadLine();
        chromium.DevTools = await BrowserDevTools.ConnectAsync(await chromium._address.Task.WaitAsync(ReadmeServer.Patience));
        return chromium;
    }

    /// <summary>Opens a page that a server of the test serves.</summary>
    public Task<BrowserPage> OpenAsync(BrowserPageServer server) => BrowserPage.OpenAsync(DevTools, server.Url);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await DevTools.CallAsync("Browser.close");
            await _process.WaitForExitAsync().WaitAsync(ReadmeServer.Patience);
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException or InvalidOperationException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        await DevTools.DisposeAsync();
        _process.Dispose();
        DeleteProfile();
    }

    private void DeleteProfile()
    {
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A helper process wrote a last file meanwhile.
            _profile.Delete(recursive: true);
        }
    }

    private static string Find()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? found = Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.That(found, Is.Not.Null, "no Chromium on PATH: install it (on Debian: apt-get install chromium)");
        return found!;
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException($"the browser ended before it listened:\n{string.Join('\n', _output)}"));
            return;
        }
        lock (_output)
            _output.Add(line);
        if (line.StartsWith(Announcement, StringComparison.Ordinal))
            _address.TrySetResult(new Uri(line[Announcement.Length..]));
    }
}
