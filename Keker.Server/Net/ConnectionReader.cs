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
/// A result that is <see cref="ReadResult.IsCanceled"/> means that there is no memory for more: what has arrived is in it, and it stays so.
/// </remarks>
internal sealed class ConnectionReader(Stream stream, InputBuffers buffers) : PipeReader
{
    /// <summary>What a busy connection waits with: most requests fit.</summary>
    private const int SmallBufferBytes = 2 << 10;

    /// <summary>What everybody else is read with once there is something: handshakes fit, and pongs.</summary>
    private const int FirstBufferBytes = 4 << 10;

    /// <summary>What a publisher is read with that sends in bulk: a whole burst in one read is one batch for its readers.</summary>
    private const int BulkBufferBytes = 64 << 10;

    /// <summary>A buffer of which less than one part in so many is in use is changed for one of the right size before a wait.</summary>
    private const int ShrinkFactor = 2;

    /// <summary>Small reads in a row after which a peer no longer counts as one that sends in bulk.</summary>
    private const int SmallReadsToForget = 64;

    private byte[]? _buffer;
    private int _start;
    private int _examined;
    private int _end;
    private bool _ended;
    private bool _isBulk;
    private int _smallReads;
    private uint _received;

    /// <summary>Whether to wait with a buffer in hand.</summary>
    public bool HoldsBuffer { get; set; }

    /// <summary>Bytes that the request under way is known to need from the first unread one on; 0 when nobody knows.</summary>
    public int Needed { get; set; }

    /// <summary>Bytes received so far, modulo 2^32: differences count.</summary>
    public uint Received => _received;

    /// <summary>True where a peer that is known is heard, a little at a time, however little memory strangers have left.</summary>
    public bool MayOverdraw { get; set; }

    /// <summary>True when it holds nothing, and the end has not come.</summary>
    public bool IsIdle => _start == _end && !_ended;

    /// <summary>Begins with bytes that were received without it. Before its first read.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="examined">True where nothing comes of them before there are more.</param>
    /// <returns>False when there is no memory for them.</returns>
    public bool TryUnread(in ReadOnlySequence<byte> bytes, bool examined)
    {
        _buffer = buffers.TryRent((int)bytes.Length);
        if (_buffer is null)
            return false;
        bytes.CopyTo(_buffer);
        _end = (int)bytes.Length;
        _examined = examined ? _end : 0;
        return true;
    }

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

    /// <summary>The end was not the peer's: reading goes on. Between two reads.</summary>
    public void Resume() => _ended = false;

    /// <summary>Reads are ended by shutting the socket, not by cancelling.</summary>
    public override void CancelPendingRead() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null)
    {
        _ended = true;
        ReturnBuffer();
    }

    private ReadResult Result(bool isCanceled = false) => new(
        _buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start), isCanceled, _ended);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadMoreAsync()
    {
        if (_buffer is null && !WaitsWithBuffer)
            await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        else
            Shrink();
        for (uint since = buffers.Budget.Beats; !TryMakeRoom();)
        {
            if (buffers.Budget.HasWaited(since))
                return Result(isCanceled: true);
            await buffers.Budget.WaitForRoom(LengthFor(_end - _start)).ConfigureAwait(false);
        }
        int received = await stream.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _ended = received == 0;
        Learn(received, filled: received == _buffer!.Length - _end);
        _end += received;
        _received += (uint)received;
        return Result();
    }

    private bool WaitsWithBuffer => HoldsBuffer && !_isBulk && !buffers.Budget.IsTight;

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

    /// <returns>False when there is no memory for what has yet to come.</returns>
    private bool TryMakeRoom()
    {
        int unread = _end - _start;
        int length = LengthFor(unread);
        if (_buffer is not null && length <= _buffer.Length)
        {
            // As long as there is as much room as was used, nothing is worth moving.
            if (_start > 0 && _buffer.Length - _end < _end)
                MoveTo(_buffer, unread);
            return true;
        }
        if (buffers.TryRent(length) is { } larger)
        {
            MoveTo(larger, unread);
            return true;
        }

        if (_buffer is null && MayOverdraw)
        {
            MoveTo(buffers.Rent(InputBuffers.Smallest), unread);
            return true;
        }

        // What there is may still do, if only for less at a time.
        if (_buffer is null || unread == _buffer.Length)
            return false;
        MoveTo(_buffer, unread);
        return true;
    }

    /// <summary>How long the buffer has to be: what is known to come decides, and where nothing is known, or little memory is left, it doubles.</summary>
    private int LengthFor(int unread)
    {
        bool isTight = buffers.Budget.IsTight;
        if (_buffer is null)
            return isTight ? SmallBufferBytes : _isBulk ? BulkBufferBytes : HoldsBuffer ? SmallBufferBytes : FirstBufferBytes;
        int length = _buffer.Length;
        if (!isTight && length < BulkBufferBytes)
            length = _isBulk ? BulkBufferBytes : Math.Max(length, Math.Min(Needed, BulkBufferBytes));

        // What is consumed makes room where that is enough to go on with.
        if (length > _buffer.Length || _buffer.Length - unread >= Math.Max(1, _start > 0 ? _buffer.Length / 4 : 0))
            return length;
        int doubled = (int)Math.Min(2L * length, Array.MaxLength);
        return Needed > length ? Math.Min(doubled, Needed) : doubled;
    }

    /// <summary>Before a wait: half a head costs about what it is, and not what the largest read might have brought.</summary>
    private void Shrink()
    {
        if (_buffer is null || ((_isBulk || (HoldsBuffer && _buffer.Length <= SmallBufferBytes)) && !buffers.Budget.IsTight))
            return;
        int unread = _end - _start;
        int enough = Math.Max(InputBuffers.Smallest, unread + unread / 2);
        if (enough <= _buffer.Length / ShrinkFactor && Needed <= enough && buffers.TryRent(enough) is { } smaller)
            MoveTo(smaller, unread);
    }

    private void MoveTo(byte[] next, int unread)
    {
        if (unread > 0)
            Buffer.BlockCopy(_buffer!, _start, next, 0, unread);
        if (next != _buffer)
            ReturnBuffer();
        _buffer = next;
        _examined -= _start;
        _start = 0;
        _end = unread;
    }

    private void ReleaseEmptyBuffer()
    {
        if (!HoldsBuffer || _buffer!.Length > SmallBufferBytes || buffers.Budget.IsTight)
            ReturnBuffer();
        _start = _examined = _end = 0;
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null)
            buffers.Return(_buffer);
        _buffer = null;
    }
}
