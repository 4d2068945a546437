using System.Net;
using System.Net.Sockets;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Client;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Client;

/// <summary>A server made of bytes, for one client.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private NetworkStream? _stream;

    public FakeServer() => _listener.Start();

    /// <summary>The request that the client has sent.</summary>
    public string Request { get; private set; } = "";

    private ServerUrl Url => ServerUrl.Read($"http://{_listener.LocalEndpoint}", out _);

    private NetworkStream Stream => _stream ?? throw new InvalidOperationException("nobody has connected");

    /// <summary>Has a client connect, and answers its handshake.</summary>
    /// <param name="answer">Makes the whole answer of the right value of Sec-WebSocket-Accept; null for a good one.</param>
    /// <param name="mostMessageBytes">The client's limit.</param>
    public async Task<WebSocketClient> ConnectAsync(Func<string, string>? answer = null, int mostMessageBytes = 1000)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_listener.LocalEndpoint);
        Task<WebSocketClient> client = WebSocketClient.OpenAsync(new NetworkStream(socket, ownsSocket: true), Url, mostMessageBytes, CancellationToken.None);
        _stream = new NetworkStream(await _listener.AcceptSocketAsync().Soon("a client"), ownsSocket: true);
        using var reader = new StreamReader(_stream, Encoding.ASCII, leaveOpen: true);
        for (string? line = await reader.ReadLineAsync().Soon("the request"); line?.Length > 0; line = await reader.ReadLineAsync())
            Request += line + "\n";
        string key = Request.Split('\n').Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))[19..];
        byte[] accept = new byte[AcceptKey.AcceptLength];
        AcceptKey.Write(Encoding.ASCII.GetBytes(key), accept);
        await SendAsync(Encoding.ASCII.GetBytes((answer ?? Good)(Encoding.ASCII.GetString(accept))));
        return await client.Soon("the handshake");
    }

    public static string Good(string accept) =>
        $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: keker.v2\r\n\r\n";

    public async Task SendAsync(byte[] bytes) => await Stream.WriteAsync(bytes);

    /// <summary>Sends a frame, unmasked.</summary>
    public Task SendAsync(byte first, byte[] payload) => SendAsync(Protocol.WebSocket.ClientFrame.Raw(first, payload, masked: false));

    /// <summary>Reads a small frame, which has to be masked.</summary>
    public async Task<(OpCode OpCode, byte[] Payload)> ReadAsync()
    {
        byte[] head = new byte[6];
        await Stream.ReadExactlyAsync(head).Soon("a frame");
        Assert.That(head[1] & 0x80, Is.Not.Zero, "a client masks");
        byte[] payload = new byte[head[1] & 0x7F];
        await Stream.ReadExactlyAsync(payload).Soon("its payload");
        for (int i = 0; i < payload.Length; i++)
            payload[i] ^= head[2 + i % 4];
        return ((OpCode)(head[0] & 0x0F), payload);
    }

    /// <summary>Ends the connection without a Close.</summary>
    public void Hang() => Stream.Dispose();

    public void Dispose()
    {
        _stream?.Dispose();
        _listener.Dispose();
    }
}
