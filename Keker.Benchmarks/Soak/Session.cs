using System.Net;
using System.Net.WebSockets;
using System.Text;
using Keker.Benchmarks.Common;
using Keker.Protocol.Commands;

namespace Keker.Benchmarks.Soak;

/// <summary>A WebSocket to /v1/subscribe, with its messages whole. For one task.</summary>
internal sealed class Session : IDisposable
{
    private readonly WebSocket _socket;
    private readonly Wire? _wire;
    private readonly byte[] _buffer = new byte[MessageLine.MaxLength + Payload.MaxLength + 1];

    private Session(WebSocket socket, Wire? wire)
    {
        _socket = socket;
        _wire = wire;
    }

    /// <summary>The connection below, where it is not made by <see cref="ClientWebSocket"/>.</summary>
    public Wire Wire => _wire ?? throw new InvalidOperationException("the connection belongs to ClientWebSocket");

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Bytes of the longest message that it takes; a longer one it answers with a Close 1009, as clients with a read limit do.</summary>
    public int MostBytes { get; init; } = int.MaxValue;

    /// <summary>True when a message was longer than <see cref="MostBytes"/>.</summary>
    public bool HasChoked { get; private set; }

    /// <summary>As an application does it.</summary>
    public static async Task<Session> ConnectAsync(EndPoint server, bool compressed)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            socket.Options.CollectHttpResponseDetails = true;
            if (compressed)
                socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions { ServerContextTakeover = false, ClientContextTakeover = false };
            if (server is TlsEndPoint tls)
                socket.Options.RemoteCertificateValidationCallback = tls.Accepts;
            await socket.ConnectAsync(new Uri($"{(server is TlsEndPoint ? "wss" : "ws")}://{server}/v1/subscribe"), CancellationToken.None).WaitAsync(Load.Patience);
            if (compressed && !socket.HttpResponseHeaders!.ContainsKey("Sec-WebSocket-Extensions"))
                throw new InvalidDataException("the server has declined permessage-deflate");
            return new Session(socket, null);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>With the handshake made here, so that the connection can be reset or sent anything.</summary>
    /// <param name="server">Where to connect.</param>
    /// <param name="receiveBuffer">Bytes that the kernel may hold for a reader that does not read; 0 leaves it to the kernel.</param>
    /// <param name="subProtocol">What the client offers and the server has to take; null for none.</param>
    /// <param name="mostBytes">Bytes of the longest message that it takes.</param>
    public static async Task<Session> ConnectRawAsync(EndPoint server, int receiveBuffer = 0, string? subProtocol = null, int mostBytes = int.MaxValue)
    {
        Wire wire = await Wire.ConnectAsync(server, receiveBuffer);
        try
        {
            await wire.SendAsync(Handshake(server, subProtocol));
            string head = await wire.ReadHeadAsync().WaitAsync(Load.Patience);
            if (!head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
                throw new InvalidDataException($"the handshake was answered with {head}");
            if (subProtocol is not null && !head.Contains($"\r\nSec-WebSocket-Protocol: {subProtocol}", StringComparison.OrdinalIgnoreCase))
                throw new InvalidDataException($"the server has declined {subProtocol}");
            return new Session(WebSocket.CreateFromStream(wire.Stream, new WebSocketCreationOptions { SubProtocol = subProtocol }), wire) { MostBytes = mostBytes };
        }
        catch (Exception)
        {
            wire.Dispose();
            throw;
        }
    }

    public static string Handshake(EndPoint server, string? subProtocol = null) =>
        $"GET /v1/subscribe HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\n"
        + (subProtocol is null ? "\r\n" : $"Sec-WebSocket-Protocol: {subProtocol}\r\n\r\n");

    public Task HelloAsync(string token) => SayAsync($"HELLO {token}");

    /// <summary>Sends one command. One at a time.</summary>
    public Task SayAsync(string command) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(command), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Reads one message and has it verified.</summary>
    /// <param name="check">What verifies it.</param>
    /// <param name="stop">Ends the wait, and the connection with it.</param>
    /// <returns>Whether there was one, and whether it was of the own token.</returns>
    public async Task<(bool Open, bool IsOwn)> ReadAsync(IMessageCheck? check, CancellationToken stop = default)
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await _socket.ReceiveAsync(_buffer.AsMemory(length), stop);
            }
            catch (Exception e) when (e is WebSocketException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                // The server has cut it, or this side has with Abort.
                return (false, false);
            }
            if (part.MessageType == WebSocketMessageType.Close)
                return (false, false);
            length += part.Count;
            if (length > MostBytes)
            {
                HasChoked = true;
                await LeaveAsync(WebSocketCloseStatus.MessageTooBig);
                return (false, false);
            }
            if (part.EndOfMessage || length == _buffer.Length)
                return (true, check?.Saw(_buffer.AsSpan(0, length), part.MessageType) ?? false);
        }
    }

    /// <summary>Takes and drops what still comes, until the connection ends or the wait for it does.</summary>
    public async Task DropAsync(CancellationToken stop)
    {
        try
        {
            while ((await _socket.ReceiveAsync(_buffer.AsMemory(), stop)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It ends without a Close, or not at all.
        }
    }

    /// <summary>Sends a Close and no more; what the server sends until its own can still be read.</summary>
    public async Task LeaveAsync(WebSocketCloseStatus code)
    {
        try
        {
            await _socket.CloseOutputAsync(code, null, CancellationToken.None).WaitAsync(Load.Patience);
        }
        catch (Exception e) when (e is WebSocketException or TimeoutException or ObjectDisposedException)
        {
            // The connection has ended already.
        }
    }

    /// <summary>Closes in the way of the protocol; false when the server does not answer the Close.</summary>
    public async Task<bool> CloseAsync()
    {
        try
        {
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(Load.Patience);
            return _socket.CloseStatus == WebSocketCloseStatus.NormalClosure;
        }
        catch (Exception e) when (e is WebSocketException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Ends the connection at once, also under a task that reads.</summary>
    public void Abort() => _socket.Abort();

    public void Dispose()
    {
        _socket.Dispose();
        _wire?.Dispose();
    }
}
