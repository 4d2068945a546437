using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Keker.Server.Net;

/// <summary>
/// A pipe reader whose unread bytes lie in one piece, so that a head or a body is never split over segments, and which knows two
/// ways to wait: a busy HTTP connection waits with a small buffer in hand, an idle subscriber without any.
/// </summary>
/// <remarks>
/// Not thread-safe, as every pipe reader: one read at a time. Waiting without a buffer costs a system call more each time (the kernel is
/// asked whether there is something before it is asked for it), which subscribers, who say nothing, hardly ever pay.
/// </remarks>
internal sealed class ConnectionReader(Stream stream) : PipeReader
{
    /// <summary>What a busy connection waits with: most requests fit.</summary>
    private const int SmallBufferBytes = 2 << 10;

    /// <summary>What everybody else is read with once there is something: handshakes fit, and pongs.</summary>
    private const int FirstBufferBytes = 4 << 10;

    /// <summary>What a publisher is read with that sends in bulk: a whole burst in one read is one batch for its readers.</summary>
    private const int BulkBufferBytes = 64 << 10;

    /// <summary>A buffer that is full of one request is followed by one so many times its size.</summary>
    private const int GrowthFactor = 8;

    /// <summary>Small reads in a row after which a peer no longer counts as one that sends in bulk.</summary>
    private const int SmallReadsToForget = 64;

    private byte[]? _buffer;
    private int _start;
    private int _examined;
    private int _end;
    private bool _ended;
    private bool _isBulk;
    private int _smallReads;

    /// <summary>Whether to wait with a buffer in hand.</summary>
    public bool HoldsBuffer { get; set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _examined < _end || _ended ? new ValueTask<ReadResult>(Result()) : ReadMoreAsync();

    public override bool TryRead(out ReadResult result)
    {
        result = Result();
        return _examined < _end || _ended;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_buffer is null)
            return;

        // A sequence over one array: its positions are indices into that array.
        _start = consumed.GetInteger();
        _examined = examined.GetInteger();
        Debug.Assert(_start <= _examined && _examined <= _end);
        if (_start == _end)
            ReleaseEmptyBuffer();
    }

    /// <summary>Reads are ended by shutting the socket, not by cancelling.</summary>
    public override void CancelPendingRead() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null)
    {
        _ended = true;
        ReturnBuffer();
    }

    private ReadResult Result() => new(
        _buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start), isCanceled: false, _ended);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadMoreAsync()
    {
        if (_buffer is null && !WaitsWithBuffer)
            await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        MakeRoom();
        int received = await stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _ended = received == 0;
        Learn(received, filled: received == _buffer!.Length - _end);
        _end += received;
        return Result();
    }

    private bool WaitsWithBuffer => HoldsBuffer && !_isBulk;

    /// <summary>What did not fit a small buffer is likely to go on so: the next read should find it all.</summary>
    private void Learn(int received, bool filled)
    {
        if (filled && HoldsBuffer)
            _isBulk = true;
        if (filled || received > SmallBufferBytes)
            _smallReads = 0;
        else if (_isBulk && ++_smallReads >= SmallReadsToForget)
            _isBulk = false;
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(_isBulk ? BulkBufferBytes : HoldsBuffer ? SmallBufferBytes : FirstBufferBytes);
            return;
        }
        int unread = _end - _start;
        if (_isBulk && _buffer.Length < BulkBufferBytes)
        {
            MoveTo(ArrayPool<byte>.Shared.Rent(BulkBufferBytes), unread);
            return;
        }

        // As long as there is as much room as was used, nothing is worth moving.
        if (_buffer.Length - _end >= _end)
            return;

        // What is consumed makes room where that is enough to go on with; otherwise a full buffer is followed by a larger one.
        if (_start > 0 && _buffer.Length - unread >= _buffer.Length / 4)
            MoveTo(_buffer, unread);
        else if (_end == _buffer.Length)
            MoveTo(RentLarger(), unread);
    }

    private void MoveTo(byte[] next, int unread)
    {
        Buffer.BlockCopy(_buffer!, _start, next, 0, unread);
        if (next != _buffer)
            ReturnBuffer();
        _buffer = next;
        _examined -= _start;
        _start = 0;
        _end = unread;
    }

    private byte[] RentLarger()
    {
        try
        {
            return ArrayPool<byte>.Shared.Rent(checked(_buffer!.Length * GrowthFactor));
        }
        catch (OutOfMemoryException e)
        {
            throw new IOException("no memory for a larger buffer", e);
        }
    }

    private void ReleaseEmptyBuffer()
    {
        if (!HoldsBuffer || _buffer!.Length > SmallBufferBytes)
            ReturnBuffer();
        _start = _examined = _end = 0;
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
