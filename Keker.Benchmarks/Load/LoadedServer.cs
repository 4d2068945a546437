using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Keker.Benchmarks.Load.Measures;
using Keker.Benchmarks.Load.Peers;

namespace Keker.Benchmarks.Load;

/// <summary>The server under load: a process of our own on a free loopback port, or one that runs anyway.</summary>
internal sealed class LoadedServer : IAsyncDisposable
{
    private const int KeptLines = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly Process? _process;
    private readonly DirectoryInfo? _folder;
    private readonly ConcurrentQueue<string> _lines = new();

    private LoadedServer(IPEndPoint endPoint, Process? process, DirectoryInfo? folder)
    {
        EndPoint = endPoint;
        _process = process;
        _folder = folder;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>What it has used; null of a server that is not ours.</summary>
    public ProcessSample? Sample() => _process is { HasExited: false } ? ProcessSampler.Sample(_process) : null;

    /// <exception cref="RunFailedException">The host is not known.</exception>
    public static async Task<LoadedServer> FindAsync(Uri url)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(url.DnsSafeHost);
            return new LoadedServer(new IPEndPoint(addresses[0], url.Port), null, null);
        }
        catch (SocketException e)
        {
            throw new RunFailedException($"{url.Host}: {e.Message}");
        }
    }

    /// <summary>Starts the peer, for so many connections, and waits until it accepts some.</summary>
    /// <exception cref="RunFailedException">It does not come up.</exception>
    public static async Task<LoadedServer> StartAsync(Peer peer, int connections, ProcessorPlan plan, CancellationToken stop)
    {
        int port = FindFreePort();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("keker-bench-");
        ProcessStartInfo start = peer.Command(port, connections, folder.FullName);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (string name in start.Environment.Keys.Where(IsOurs).ToArray())
            start.Environment.Remove(name);
        plan.ApplyTo(start);
        var server = new LoadedServer(new IPEndPoint(IPAddress.Loopback, port), new Process { StartInfo = start }, folder);
        try
        {
            server.Start();
            await server.WaitAsync(peer.Name, stop);
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process and its children.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        await Termination.EndAsync(_process);
        _process.Dispose();
        _folder?.Delete(recursive: true);
    }

    /// <summary>Settings for this program that must not reach the server.</summary>
    private static bool IsOurs(string name) =>
        name.StartsWith("KEKER_", StringComparison.Ordinal) || name.StartsWith("DOTNET_SYSTEM_NET_SOCKETS_", StringComparison.Ordinal);

    private static int FindFreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private void Start()
    {
        _process!.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        _lines.Enqueue(line);
        if (_lines.Count > KeptLines)
            _lines.TryDequeue(out _);
    }

    private async Task WaitAsync(string name, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await AcceptsAsync(stop))
        {
            if (_process!.HasExited || Stopwatch.GetElapsedTime(start) > Patience)
                throw new RunFailedException($"{name} does not serve: {string.Join(" / ", _lines)}");
            await Task.Delay(Tick, stop);
        }
    }

    private async Task<bool> AcceptsAsync(CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(EndPoint, stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
