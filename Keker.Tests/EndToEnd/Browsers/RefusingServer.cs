using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Takes WebSockets, hears their HELLO, and closes each with one code.</summary>
internal sealed class RefusingServer : IDisposable
{
    /// <summary>RFC 6455, 1.3.</summary>
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<string> _hellos = Channel.CreateUnbounded<string>();
    private readonly WebSocketCloseStatus _code;

    public RefusingServer(int code)
    {
        _code = (WebSocketCloseStatus)code;
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The first message of the next one that was refused.</summary>
    public Task<string> NextHelloAsync() => _hellos.Reader.ReadAsync().Soon("a HELLO");

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RefuseAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task RefuseAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            byte[] buffer = new byte[8192];
            string head = Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer));
            string key = head.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(": ")[1];
#pragma warning disable CA5350 // RFC 6455 wants it.
            string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: keker.v2\r\n" +
                $"Sec-WebSocket-Accept: {accept}\r\n\r\n"));
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            WebSocketReceiveResult hello = await socket.ReceiveAsync(buffer, CancellationToken.None);
            _hellos.Writer.TryWrite(Encoding.UTF8.GetString(buffer, 0, hello.Count));
            await socket.CloseAsync(_code, "refused", CancellationToken.None);
        }
    }
}
