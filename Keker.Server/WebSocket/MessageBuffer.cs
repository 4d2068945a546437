using System.Buffers;
using Keker.Protocol.WebSocket;

namespace Keker.Server.WebSocket;

/// <summary>One message while it arrives, with room before it for the header of the frame in which it may go back.</summary>
/// <remarks>Not thread-safe. It holds a rented array from the first byte until <see cref="Clear"/>.</remarks>
internal sealed class MessageBuffer : IBufferWriter<byte>
{
    private const int Headroom = FrameWriter.MaxHeaderLength;
    private const int SmallestArray = 256;

    private byte[] _array = [];

    /// <summary>Bytes of the message so far.</summary>
    public int Length { get; private set; }

    /// <summary>The message so far.</summary>
    public ReadOnlyMemory<byte> Written => _array.Length == 0 ? default : _array.AsMemory(Headroom, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = Headroom + Length + Math.Max(1, sizeHint);
        if (needed > _array.Length)
            Grow(needed);
        return _array.AsMemory(Headroom + Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>The whole message as a plain frame, made in place.</summary>
    /// <returns>Valid until the buffer is written to or cleared.</returns>
    public ReadOnlyMemory<byte> ToFrame(OpCode opCode)
    {
        GetMemory();
        int headerLength = FrameWriter.HeaderLength(Length);
        FrameWriter.WriteHeader(_array.AsSpan(Headroom - headerLength), opCode, Length);
        return _array.AsMemory(Headroom - headerLength, headerLength + Length);
    }

    /// <summary>Forgets the message and gives the array back.</summary>
    public void Clear()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        Length = 0;
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(SmallestArray, _array.Length * 2)));
        if (_array.Length > 0)
        {
            _array.AsSpan(0, Headroom + Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
        }
        _array = larger;
    }
}
