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

    /// <summary>A buffer that was filled is followed by one so many times its size: what fills 2 KiB is likely to go on.</summary>
    private const int GrowthFactor = 8;

    private byte[]? _buffer;
    private int _start;
    private int _examined;
    private int _end;
    private bool _ended;

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
        if (_buffer is null && !HoldsBuffer)
            await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        MakeRoom();
        int received = await stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _ended = received == 0;
        _end += received;
        return Result();
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(HoldsBuffer ? SmallBufferBytes : SmallBufferBytes * GrowthFactor);
            return;
        }
        if (_end < _buffer.Length)
            return;

        // Full: what is consumed makes room when it is most of it, otherwise a larger one takes over.
        int unread = _end - _start;
        byte[] next = unread <= _buffer.Length / 2 ? _buffer : RentLarger();
        Buffer.BlockCopy(_buffer, _start, next, 0, unread);
        if (next != _buffer)
            ArrayPool<byte>.Shared.Return(_buffer);
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
