using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace Keker.Tests.EndToEnd;

/// <summary>A running kekerd on a free loopback port.</summary>
internal sealed partial class KekerProcess : IAsyncDisposable
{
    private const string Listening = "listening on ";
    private const string AdminMark = " (admin)";

    private readonly Process _process;

    private KekerProcess(Process process) => _process = process;

    /// <summary>Both outputs, line by line.</summary>
    public LogLines Log { get; } = new();

    /// <summary>Where it listens, in the order of its log; Unix sockets are not among them.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    public IPEndPoint EndPoint => EndPoints[0];

    public IReadOnlyList<IPEndPoint> AdminEndPoints { get; private set; } = [];

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts kekerd and waits until it says where it listens.</summary>
    /// <param name="options">Its options; without a --listen it gets a free port of 127.0.0.1.</param>
    public static Task<KekerProcess> StartAsync(params string[] options) => StartByAsync([], options);

    /// <inheritdoc cref="StartAsync"/>
    /// <param name="launcher">A program that becomes kekerd, with its arguments.</param>
    /// <param name="options">Its options.</param>
    public static async Task<KekerProcess> StartByAsync(string[] launcher, params string[] options)
    {
        string[] all = options.Contains("--listen") ? options : ["--listen", "127.0.0.1:0", .. options];
        var keker = new KekerProcess(KekerBinary.Prepare(all, launcher));
        try
        {
            keker.Start();
            await keker.ReadEndPointsAsync(all.Count(option => option is "--listen" or "--admin-listen"));
            return keker;
        }
        catch (Exception)
        {
            await TestContext.Out.WriteLineAsync(keker.Log.Text);
            await keker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs kekerd with options with which it ends by itself.</summary>
    public static async Task<ExitedProcess> RunAsync(params string[] options)
    {
        using Process process = KekerBinary.Prepare(options);
        process.Start();
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().Soon("kekerd to exit");
            return new ExitedProcess(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    public void Send(Signal signal) =>
        Assert.That(Kill(_process.Id, (int)signal), Is.Zero, $"kill failed with {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>Waits for the end and returns the exit status; a signal that ends it shows as 128 and its number.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().Soon("kekerd to exit");
        return _process.ExitCode;
    }

    /// <summary>Ends it at once, and nothing but it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Start()
    {
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _ = _process.WaitForExitAsync().ContinueWith(_ => Log.Add($"({Listening}nothing: kekerd has exited)"), TaskScheduler.Default);
    }

    private void OnLine(string? line)
    {
        if (line is not null)
            Log.Add(line);
    }

    private async Task ReadEndPointsAsync(int listeners)
    {
        string[] lines = [.. (await Log.WaitForAsync(Listening, listeners)).Take(listeners)];
        string[] addresses = [.. lines.Select(line => line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..])];
        EndPoints = [.. addresses.Where(address => !address.EndsWith(AdminMark, StringComparison.Ordinal)).SelectMany(Parse)];
        AdminEndPoints = [.. addresses.Where(address => address.EndsWith(AdminMark, StringComparison.Ordinal)).SelectMany(Parse)];
    }

    private static IEnumerable<IPEndPoint> Parse(string address)
    {
        if (address.StartsWith("unix:", StringComparison.Ordinal))
            return [];
        return [IPEndPoint.Parse(address.Replace(AdminMark, "", StringComparison.Ordinal))];
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
