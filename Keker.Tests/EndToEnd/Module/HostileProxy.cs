using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>A TCP proxy on loopback that does to connections what networks do.</summary>
internal sealed class HostileProxy : ILine, IDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentBag<(Socket Client, Socket Server, CancellationTokenSource Silence)> _links = [];

    /// <summary>Is over when there is no hole.</summary>
    private volatile Task _hole = Task.CompletedTask;
    private TaskCompletionSource _end = new();

    /// <param name="server">Where new connections lead.</param>
    /// <param name="address">Where it listens, unless that is 127.0.0.1.</param>
    public HostileProxy(IPEndPoint server, IPAddress? address = null)
    {
        Server = server;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where new connections lead.</summary>
    public IPEndPoint Server { get; set; }

    /// <summary>Whether a request for a WebSocket gets a reset.</summary>
    public bool RefusesWebSockets { get; set; }

    /// <summary>Requests for a WebSocket, refused or not.</summary>
    public int WebSockets { get; private set; }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Of all connections nothing passes any more, in either direction, and nobody is told. New ones are not concerned.</summary>
    public void FallSilent()
    {
        foreach ((_, _, CancellationTokenSource silence) in _links)
            silence.Cancel();
    }

    /// <summary>The client's side of all connections is reset. The server's side is not told.</summary>
    public void ResetClients()
    {
        foreach ((Socket client, _, CancellationTokenSource silence) in _links)
        {
            silence.Cancel();
            client.Close(0);
        }
    }

    public Task BeginHoleAsync()
    {
        _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _hole = _end.Task;
        return Task.CompletedTask;
    }

    public Task EndHoleAsync()
    {
        _end.TrySetResult();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach ((Socket client, Socket server, CancellationTokenSource silence) in _links)
        {
            silence.Cancel();
            client.Dispose();
            server.Dispose();
            silence.Dispose();
        }
    }

    /// <param name="from">One side.</param>
    /// <param name="to">The other side.</param>
    /// <param name="server">The side whose end in a hole nobody hears: what it says then is lost, and what it gets later it answers with a reset.</param>
    /// <param name="endedInHole">Whether it has.</param>
    /// <param name="silence">Ends it, and nobody is told.</param>
    private async Task CopyAsync(Socket from, Socket to, Socket server, StrongBox<bool> endedInHole, CancellationToken silence)
    {
        byte[] buffer = new byte[4096];
        try
        {
            int received;
            while ((received = await from.ReceiveAsync(buffer, silence)) > 0)
            {
                await _hole;
                if (endedInHole.Value)
                    from.Close(0);
                else
                    await to.SendAsync(buffer.AsMemory(0, received), silence);
            }
            if (IsInHole(from, server, endedInHole))
                return;
            await _hole;
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or OperationCanceledException)
        {
            // Where it was not the test that broke it, the other side learns of it.
            if (silence.IsCancellationRequested || IsInHole(from, server, endedInHole))
                return;
            await _hole;
            to.Close(0);
        }
    }

    private bool IsInHole(Socket from, Socket server, StrongBox<bool> endedInHole) => endedInHole.Value |= from == server && !_hole.IsCompleted;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        byte[] head = new byte[8192];
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            int length = await client.ReceiveAsync(head);
            bool isWebSocket = Encoding.Latin1.GetString(head, 0, length).Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase);
            WebSockets += isWebSocket ? 1 : 0;
            if (isWebSocket && RefusesWebSockets)
            {
                client.Close(0);
                return;
            }
            await _hole;
            await server.ConnectAsync(Server);
            await server.SendAsync(head.AsMemory(0, length));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            client.Close(0);
            return;
        }
        var silence = new CancellationTokenSource();
        _links.Add((client, server, silence));
        var endedInHole = new StrongBox<bool>();
        _ = CopyAsync(client, server, server, endedInHole, silence.Token);
        _ = CopyAsync(server, client, server, endedInHole, silence.Token);
    }
}
