using System.Buffers;

namespace Keker.Protocol.Deflate;

/// <summary>
/// A stream that keeps what is written to it in a rented buffer, up to a limit, and ignores the rest. Disposing returns the buffer; the
/// stream that writes here is disposed first. Not thread-safe.
/// </summary>
internal sealed class DeflateSink(int maxBytes) : Stream
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(maxBytes);
    private int _length;

    /// <summary>Whether more was written than the limit.</summary>
    public bool Overflown { get; private set; }

    /// <summary>What was written, valid until the sink is disposed.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Overflown |= buffer.Length > maxBytes - _length;
        if (Overflown)
            return;
        buffer.CopyTo(_buffer.AsSpan(_length));
        _length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (_buffer.Length != 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
        base.Dispose(disposing);
    }
}
