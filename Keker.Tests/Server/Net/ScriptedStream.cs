namespace Keker.Tests.Server.Net;

/// <summary>A stream that gives what it was told to, one piece a read; a read without a buffer waits until there is a piece.</summary>
internal sealed class ScriptedStream(params byte[][] pieces) : Stream
{
    private readonly Queue<byte[]> _pieces = new(pieces);
    private int _taken;

    /// <summary>The size of the buffer of each read so far; 0 for one that only waited.</summary>
    public List<int> ReadSizes { get; } = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadSizes.Add(buffer.Length);
        if (!_pieces.TryPeek(out byte[]? piece) || buffer.IsEmpty)
            return new ValueTask<int>(0);
        int count = Math.Min(buffer.Length, piece.Length - _taken);
        piece.AsMemory(_taken, count).CopyTo(buffer);
        _taken += count;
        if (_taken == piece.Length)
        {
            _pieces.Dequeue();
            _taken = 0;
        }
        return new ValueTask<int>(count);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
