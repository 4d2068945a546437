using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Keker.Benchmarks.Common.Proxy;

/// <summary>A TCP proxy on loopback whose connections can be cut one by one.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CuttingProxy : IDisposable
{
    private const int Backlog = 1024;

    /// <summary>Every so many-th connection has a receive buffer so small that the server soon has to wait when nobody reads.</summary>
    private const int NarrowEach = 4;
    private const int NarrowBytes = 64 << 10;

    private readonly IPEndPoint _server;
    private readonly CutTotals _totals;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>By the client's address, which a later client may have while the server's side of an earlier one is held.</summary>
    private readonly ConcurrentDictionary<EndPoint, ProxyLink> _links = new();
    private readonly ConcurrentDictionary<ProxyLink, EndPoint> _all = new();
    private int _count;

    /// <param name="server">Where the connections lead.</param>
    /// <param name="totals">Count the cuts.</param>
    public CuttingProxy(IPEndPoint server, CutTotals totals)
    {
        _server = server;
        _totals = totals;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(Backlog);
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>The connection of a client that has got something through it.</summary>
    /// <param name="client">The client's own address.</param>
    public ProxyLink Take(EndPoint client) => _links[client];

    /// <summary>Breaks every connection that there is.</summary>
    /// <inheritdoc cref="ProxyLink.Cut"/>
    public void CutAll(CutKind kind, bool takesAll, TimeSpan held)
    {
        foreach (ProxyLink link in _all.Keys)
            link.Cut(kind, takesAll, held);
    }

    /// <summary>Ends what is still held of connections that were cut.</summary>
    public void ReleaseHeld()
    {
        foreach (ProxyLink link in _all.Keys)
            link.Release();
    }

    public void Dispose()
    {
        _listener.Dispose();
        ReleaseHeld();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        EndPoint address = client.RemoteEndPoint!;
        client.NoDelay = true;
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (Interlocked.Increment(ref _count) % NarrowEach == 0)
            server.ReceiveBufferSize = NarrowBytes;
        try
        {
            await server.ConnectAsync(_server);
        }
        catch (SocketException)
        {
            client.Dispose();
            server.Dispose();
            return;
        }
        var link = new ProxyLink(client, server, _totals);
        _links[address] = link;
        _all[link] = address;
        await link.RunAsync();
        _all.TryRemove(link, out _);
        _links.TryRemove(KeyValuePair.Create(address, link));
        _links.TryRemove(KeyValuePair.Create(address, link));
    }
}
