using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>One WebSocket with the messages that wait for it. <see cref="Post"/> is thread-safe, the rest is for the one task that reads.</summary>
internal sealed class KestrelSession : IAsyncDisposable
{
    private const int Waiting = 1024;
    private const int LargestMessage = 1024;

    private readonly WebSocket _socket;
    private readonly Task _writing;
    private readonly byte[] _buffer = new byte[LargestMessage];

    private readonly Channel<ReadOnlyMemory<byte>> _messages =
        Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(Waiting) { SingleReader = true });

    public KestrelSession(WebSocket socket)
    {
        _socket = socket;
        _writing = WriteAsync();
    }

    /// <summary>Hands a message over; a session that is too far behind is cut off.</summary>
    public void Post(ReadOnlyMemory<byte> message)
    {
        if (!_messages.Writer.TryWrite(message))
            _socket.Abort();
    }

    /// <summary>Reads a short text.</summary>
    /// <returns>Null when the peer has closed.</returns>
    public async Task<string?> ReadAsync(CancellationToken stop)
    {
        ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(_buffer.AsMemory(), stop);
        if (result.MessageType != WebSocketMessageType.Close)
            return Encoding.UTF8.GetString(_buffer, 0, result.Count);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _messages.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (ReadOnlyMemory<byte> message in _messages.Reader.ReadAllAsync())
                await _socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _socket.Abort();
        }
    }
}
