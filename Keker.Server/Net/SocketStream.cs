using System.Runtime.CompilerServices;

namespace Keker.Server.Net;

/// <summary>
/// A stream over a socket that a pipe reader or TLS reads from. A peer that goes away, orderly or not, is the end of what there is to
/// read, and never an exception.
/// </summary>
/// <remarks>One read and one write at a time. A read into nothing waits until there may be something. The socket is somebody else's to close.</remarks>
internal sealed class SocketStream(PeerSocket socket) : Stream
{
    private int _step;
    private bool _isBroken;
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

    /// <summary>True once a write has failed: the peer is gone, and what is written goes nowhere.</summary>
    public bool IsBroken => Volatile.Read(ref _isBroken);

    /// <summary>
    /// True moves whoever waits for a read to the thread pool when it completes: during a TLS handshake what follows is a signature,
    /// a millisecond that a thread which polls sockets does not have.
    /// </summary>
    public bool LeavesPollingThread { get; set; }

    /// <summary>Bytes given to writes so far.</summary>
    public long WrittenBytes => Volatile.Read(ref _writtenBytes);

    /// <summary>Counts the beginnings and the ends of reads while <see cref="LeavesPollingThread"/> is set.</summary>
    public int Step => Volatile.Read(ref _step);

    /// <summary>Whether at this step it waited for the peer.</summary>
    public static bool IsWaitingStep(int step) => step % 2 != 0;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int received = buffer.IsEmpty ? -1 : socket.Receive(buffer.Span);
        ValueTask<int> read = received < 0 ? WaitAndReceiveAsync(buffer) : ValueTask.FromResult(received);
        return LeavesPollingThread ? OnThreadPool(read) : read;
    }

    /// <summary>Writes all of it. That it did not arrive shows in <see cref="IsBroken"/> when it completes.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _writtenBytes, _writtenBytes + buffer.Length);
        ValueTask<bool> send = socket.SendAsync(buffer);
        if (!send.IsCompletedSuccessfully)
            return WaitAsync(send);
        NoteSent(send.Result);
        return ValueTask.CompletedTask;
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            await socket.WaitForInputAsync().ConfigureAwait(false);
            int received = buffer.IsEmpty ? 0 : socket.Receive(buffer.Span);
            if (received >= 0)
                return received;
        }
    }

    private async ValueTask WaitAsync(ValueTask<bool> send) => NoteSent(await send.ConfigureAwait(false));

    private void NoteSent(bool isSent)
    {
        if (!isSent)
            Volatile.Write(ref _isBroken, true);
    }

    private async ValueTask<int> OnThreadPool(ValueTask<int> read)
    {
        Volatile.Write(ref _step, _step + 1);
        int received = await read.ConfigureAwait(false);
        Volatile.Write(ref _step, _step + 1);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return received;
    }
}
