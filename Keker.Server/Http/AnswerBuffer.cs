using System.Buffers;

namespace Keker.Server.Http;

/// <summary>The answers of one connection that are not sent yet, in one piece so that they leave in one send.</summary>
/// <remarks>Not thread-safe. Grows as needed; whoever fills it bounds it, and a pool gets it back small.</remarks>
/// <param name="initialBytes">Bytes of memory it begins with, once it is written to.</param>
internal sealed class AnswerBuffer(int initialBytes = AnswerBuffer.InitialBytes) : IBufferWriter<byte>
{
    private const int InitialBytes = 2 << 10;
    private const int MostBytesKept = 16 << 10;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    /// <summary>Bytes of memory that it holds.</summary>
    public int Capacity => _buffer.Length;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = Length + Math.Max(1, sizeHint);
        if (needed > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(initialBytes, Math.Max(needed, _buffer.Length * 2)));
        return _buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Clear()
    {
        Length = 0;
        if (_buffer.Length > MostBytesKept)
            _buffer = [];
    }
}
