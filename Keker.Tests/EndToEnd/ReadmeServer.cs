using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Keker.Tests.EndToEnd;

/// <summary>A kekerd process on a loopback port.</summary>
internal sealed partial class ReadmeServer : IAsyncDisposable
{
    private const string Announcement = "listening on ";
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _output = [];

    private ReadmeServer(string address, string[] arguments)
    {
        var start = new ProcessStartInfo(FindBinary(), ["--listen", address, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
    }

    /// <summary>Longest wait for anything in these tests: far more than a busy machine needs.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Host and port that it listens on.</summary>
    public string Address => _address.Task.Result;

    public Uri Url => new($"http://{Address}");

    /// <summary>Starts on a free port and returns once it listens.</summary>
    public static Task<ReadmeServer> StartAsync(params string[] arguments) => StartOnAsync("127.0.0.1:0", arguments);

    /// <summary>Starts on an address, for a server that comes back.</summary>
    public static async Task<ReadmeServer> StartOnAsync(string address, params string[] arguments)
    {
        var server = new ReadmeServer(address, arguments);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        await server._address.Task.WaitAsync(Patience);
        return server;
    }

    /// <summary>Replaces the address that README.md uses by the real one.</summary>
    public string Localize(string example) => example.Replace("localhost:3498", Address, StringComparison.Ordinal);

    /// <summary>Ends it as systemd would.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> StopAsync()
    {
        _ = Kill(_process.Id, SigTerm);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private static string FindBinary()
    {
        string path = Environment.GetEnvironmentVariable("KEKERD") ?? Path.Combine(ReadmeFile.Root, "out", "kekerd");
        Assert.That(path, Does.Exist, "no kekerd to test: run ./build.sh build, or name the binary in the variable KEKERD");
        return path;
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException($"kekerd ended before it listened:\n{string.Join('\n', _output)}"));
            return;
        }
        lock (_output)
            _output.Add(line);
        int at = line.IndexOf(Announcement, StringComparison.Ordinal);
        if (at >= 0)
            _address.TrySetResult(line[(at + Announcement.Length)..].Split(' ')[0]);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
