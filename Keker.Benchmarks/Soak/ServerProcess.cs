using System.Diagnostics;
using System.Net;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>A kekerd of our own on a free loopback port, and what can be observed of it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Listening = "listening on ";

    private readonly Process _process;
    private readonly TaskCompletionSource<IPEndPoint> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Wire? _stats;
    private int _internalErrors;

    private ServerProcess(Process process) => _process = process;

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    public bool HasExited => _process.HasExited;

    /// <summary>Lines of the log that speak of an error of the server.</summary>
    public int InternalErrors => Volatile.Read(ref _internalErrors);

    public static async Task<ServerProcess> StartAsync(string path, string[] options)
    {
        var start = new ProcessStartInfo(path, ["--listen", "127.0.0.1:0", .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("KEKER_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        try
        {
            server.Start();
            server.EndPoint = await server._ready.Task.WaitAsync(Load.Patience);
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
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

    private void Start()
    {
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("kekerd has exited"));
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
}
