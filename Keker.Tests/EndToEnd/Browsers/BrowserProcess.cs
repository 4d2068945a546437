using System.Diagnostics;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>The process of a browser, and the folder of its profile, which goes with it.</summary>
internal sealed class BrowserProcess : IAsyncDisposable
{
    private const string Announcement = " listening on ";

    private readonly DirectoryInfo _profile;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly List<string> _output = [];

    private BrowserProcess(DirectoryInfo profile, ProcessStartInfo start)
    {
        _profile = profile;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
    }

    /// <summary>The first of these programs that PATH has.</summary>
    public static string? Find(params string[] names)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts one.</summary>
    /// <param name="path">The program.</param>
    /// <param name="prepare">Gets the folder of the profile, and returns the arguments.</param>
    public static BrowserProcess Start(string path, Func<string, string[]> prepare)
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("keker-browser-");
        var start = new ProcessStartInfo(path, prepare(profile.FullName)) { RedirectStandardOutput = true, RedirectStandardError = true };
        var browser = new BrowserProcess(profile, start);
        browser._process.Start();
        browser._process.BeginOutputReadLine();
        browser._process.BeginErrorReadLine();
        return browser;
    }

    /// <summary>Where it can be talked to, as it says itself.</summary>
    public Task<Uri> GetAddressAsync() => _address.Task.Soon("the browser to start");

    /// <summary>Waits for the end that somebody has asked it for, and ends it where that fails.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _process.WaitForExitAsync().Soon("the browser to end");
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
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

    private void OnLine(string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException($"the browser ended before it listened:\n{string.Join('\n', _output)}"));
            return;
        }
        lock (_output)
            _output.Add(line);
        int place = line.IndexOf(Announcement + "ws://", StringComparison.Ordinal);
        if (place >= 0)
            _address.TrySetResult(new Uri(line[(place + Announcement.Length)..]));
    }
}
