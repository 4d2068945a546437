using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Keker.Server.Net;

/// <summary>
/// A receive or a send that can wait, and whose failure is a number. The socket's own operations throw: a peer that resets its connection would cost
/// an exception, whose stack trace is written out on the thread that polls everybody's sockets.
/// </summary>
/// <remarks>
/// One operation at a time; the object serves the next one, too, in the place of the one that the socket would make and keep. Whoever awaits it
/// goes on where it completes.
/// </remarks>
internal sealed class SocketOperation : SocketAsyncEventArgs, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _source;

    /// <summary>No execution context is captured: nothing here depends on one.</summary>
    public SocketOperation()
        : base(true)
    {
    }

    private int Result => SocketError == SocketError.Success ? BytesTransferred : 0;

    /// <summary>Waits until something has arrived.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Gets the bytes; with an empty one they stay where they are.</param>
    /// <returns>The bytes received; 0 at the end, orderly or not.</returns>
    /// <exception cref="ObjectDisposedException">The socket was given back before.</exception>
    public ValueTask<int> ReceiveAsync(Socket socket, Memory<byte> buffer)
    {
        Prepare(buffer);
        return Started(socket.ReceiveAsync(this));
    }

    /// <summary>Sends all of it, waiting for room.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="bytes">At least one byte; unchanged until it is over.</param>
    /// <returns>The bytes sent; 0 where the connection is gone.</returns>
    /// <exception cref="ObjectDisposedException">The socket was given back before.</exception>
    public ValueTask<int> SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        Prepare(MemoryMarshal.AsMemory(bytes));
        return Started(socket.SendAsync(this));
    }

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e) => _source.SetResult(Result);

    private void Prepare(Memory<byte> buffer)
    {
        _source.Reset();
        SetBuffer(buffer);
    }

    private ValueTask<int> Started(bool waits) => waits ? new ValueTask<int>(this, _source.Version) : new ValueTask<int>(Result);
}
