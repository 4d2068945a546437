using System.Net.Sockets;

namespace Keker.Server.Net;

/// <summary>A stream over a socket that a pipe reader or TLS reads from.</summary>
/// <remarks>
/// <see cref="NetworkStream"/> refuses non-blocking sockets, and registers every read with the cancellation token that a pipe
/// reader always passes: memory on each idle connection for something never used. A read that has to end is woken with a shutdown.
/// </remarks>
internal sealed class SocketStream(Socket socket) : Stream
{
    private long _writtenBytes;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// True moves whoever waits for a read to the thread pool when it completes: during a TLS handshake what follows is a signature,
    /// a millisecond that a thread which polls sockets does not have.
    /// </summary>
    public bool LeavesPollingThread { get; set; }

    /// <summary>Bytes given to writes so far.</summary>
    public long WrittenBytes => Volatile.Read(ref _writtenBytes);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<int> read = socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None);
        return LeavesPollingThread ? OnThreadPool(read) : read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _writtenBytes, _writtenBytes + buffer.Length);

        // The machinery of a send that can wait is needed only when it has to.
        int sent = socket.Send(buffer.Span, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
            return ValueTask.FromException(new SocketException((int)error));
        ReadOnlyMemory<byte> rest = error == SocketError.Success ? buffer[sent..] : buffer;
        return rest.IsEmpty ? ValueTask.CompletedTask : new ValueTask(socket.SendAsync(rest, SocketFlags.None, CancellationToken.None).AsTask());
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static async ValueTask<int> OnThreadPool(ValueTask<int> read)
    {
        int received = await read.ConfigureAwait(false);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return received;
    }
}
