using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>A kekerd of our own on a free loopback port, and what can be observed of it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const string Listening = "listening on ";

    private const int Terminate = 15;

    private readonly string _path;
    private readonly string[] _options;
    private readonly ServerCertificate? _certificate;
    private Process _process = new();
    private TaskCompletionSource<IPEndPoint> _ready = NewReady();
    private Wire? _stats;
    private int _internalErrors;

    private ServerProcess(string path, string[] options, ServerCertificate? certificate)
    {
        _path = path;
        _options = options;
        _certificate = certificate;
    }

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    public bool HasExited => _process.HasExited;

    /// <summary>Lines of the log that speak of an error of the server.</summary>
    public int InternalErrors => Volatile.Read(ref _internalErrors);

    /// <param name="path">The binary.</param>
    /// <param name="options">Its options, without an address.</param>
    /// <param name="certificate">Its certificate; null for plain TCP.</param>
    public static async Task<ServerProcess> StartAsync(string path, string[] options, ServerCertificate? certificate = null)
    {
        var server = new ServerProcess(path, [.. options, .. certificate?.ServerOptions ?? []], certificate);
        await server.StartAsync();
        return server;
    }

    /// <summary>Tells it to drain and to end. Its sessions get their goodbyes from now on.</summary>
    public void BeginDrain()
    {
        if (Kill(_process.Id, Terminate) != 0)
            throw new InvalidOperationException("kekerd has exited");
    }

    /// <summary>Waits until it has drained, and starts it again on the same port.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> EndDrainAsync()
    {
        _stats?.Dispose();
        _stats = null;
        await _process.WaitForExitAsync().WaitAsync(Load.Patience);
        int status = _process.ExitCode;
        _process.Dispose();
        await StartAsync();
        return status;
    }

    /// <summary>Asks the kernel and the server; not for two tasks at once.</summary>
    public async Task<ServerSample> SampleAsync()
    {
        _stats ??= await Wire.ConnectAsync(EndPoint);
        await _stats.SendAsync($"GET /v1/stats HTTP/1.1\r\nHost: {EndPoint}\r\n\r\n");
        HttpAnswer answer = await _stats.ReadAnswerAsync().WaitAsync(Load.Patience);
        _process.Refresh();
        return new ServerSample(
            _process.WorkingSet64,
            Directory.GetFiles($"/proc/{_process.Id}/fd").Length,
            _process.Threads.Count,
            _process.TotalProcessorTime,
            answer.Number("sessions"),
            answer.Number("connections"),
            answer.Number("logBytes"),
            answer.Number("cachedBytes"),
            answer.Number("slowConsumers"),
            answer.Number("unconfirmedLost"));
    }

    /// <summary>Ends it, and nothing but it.</summary>
    public async ValueTask DisposeAsync()
    {
        _stats?.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo(_path, ["--listen", $"127.0.0.1:{EndPoint.Port}", .. _options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("KEKER_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _ready = NewReady();
        Start();
        try
        {
            IPEndPoint endPoint = await _ready.Task.WaitAsync(Load.Patience);
            EndPoint = _certificate is null ? endPoint : new TlsEndPoint(endPoint, _certificate.Thumbprint);
        }
        catch (Exception)
        {
            await DisposeAsync();
            throw;
        }
    }

    private void Start()
    {
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        TaskCompletionSource<IPEndPoint> ready = _ready;
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("kekerd has exited"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void OnLine(string? line)
    {
        if (line is null)
            return;
        Console.Error.WriteLine($"kekerd: {line}");
        if (line.Contains("internal error", StringComparison.Ordinal) || line.Contains("ERROR", StringComparison.Ordinal))
            Interlocked.Increment(ref _internalErrors);
        int at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0 && IPEndPoint.TryParse(line[(at + Listening.Length)..], out IPEndPoint? endPoint))
            _ready.TrySetResult(endPoint);
    }

    private static TaskCompletionSource<IPEndPoint> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
