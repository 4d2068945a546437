using System.Net;
using System.Net.Sockets;

namespace Keker.Tests.EndToEnd;

/// <summary>A TCP proxy between a client and a server whose connections break when a test says so.</summary>
internal sealed class CuttableProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly List<(Socket Client, Socket Server)> _pairs = [];

    public CuttableProxy(IPEndPoint server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Resets the client's side of every connection. The server's side stays open, and what it sends is read by nobody: it cannot know.</summary>
    public void CutClients()
    {
        lock (_pairs)
        {
            foreach ((Socket client, _) in _pairs)
                client.Close(0);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_pairs)
        {
            foreach ((Socket client, Socket server) in _pairs)
            {
                client.Dispose();
                server.Dispose();
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[4096];
        try
        {
            int received;
            while ((received = await from.ReceiveAsync(buffer)) > 0)
                await to.SendAsync(buffer.AsMemory(0, received));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut; the other side is left as it is.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(_server);
                lock (_pairs)
                    _pairs.Add((client, server));
                _ = CopyAsync(client, server);
                _ = CopyAsync(server, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
