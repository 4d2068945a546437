using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Keker.Tests.EndToEnd;

/// <summary>Passes bytes on between clients and a server, and cuts its connections when told to.</summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _open = [];
    private readonly Task _accepting;

    private CutProxy(IPEndPoint server)
    {
        _listener.Start();
        _accepting = AcceptAsync(server);
    }

    /// <summary>Host and port that clients connect to.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <param name="address">Host and port of the server.</param>
    public static CutProxy To(string address) => new(IPEndPoint.Parse(address));

    /// <summary>Resets every connection there is; new ones are taken as before.</summary>
    public void CutAll()
    {
        while (_open.TryTake(out TcpClient? client))
        {
            // Closing with a linger time of zero resets; what has ended by itself is not there any more.
            if (client.Connected)
                client.LingerState = new LingerOption(true, 0);
            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        CutAll();
        await _accepting;
    }

    private async Task AcceptAsync(IPEndPoint server)
    {
        while (true)
        {
            try
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                var upstream = new TcpClient();
                await upstream.ConnectAsync(server);
                _open.Add(client);
                _open.Add(upstream);
                _ = CopyAsync(client.GetStream(), upstream.GetStream());
                _ = CopyAsync(upstream.GetStream(), client.GetStream());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to);
            to.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // Cut: so is the other one, which was taken in together with this one.
        }
    }
}
