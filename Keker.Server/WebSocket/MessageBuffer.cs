using System.Buffers;
using Keker.Protocol.WebSocket;
using Keker.Server.Net;

namespace Keker.Server.WebSocket;

/// <summary>One message while it arrives, with room before it for the header of the frame in which it may go back.</summary>
/// <param name="buffers">Where its arrays come from.</param>
/// <param name="isBrief">True for one that lives for one call only: it gets its arrays whatever room there is.</param>
/// <remarks>Not thread-safe. It holds a rented array from the first byte until <see cref="Clear"/>.</remarks>
internal sealed class MessageBuffer(InputBuffers buffers, bool isBrief = false) : IBufferWriter<byte>
{
    [ThreadStatic]
    private static byte[]? _nowhere;

    private const int Headroom = FrameWriter.MaxHeaderLength;
    private byte[] _array = [];

    /// <summary>True where a peer that is known gets a small array whatever room there is: its commands are heard however little memory strangers have left.</summary>
    public bool MayOverdraw { get; init; }

    /// <summary>Bytes of the message so far.</summary>
    public int Length { get; private set; }

    /// <summary>True once there was no memory for the message: it is lost.</summary>
    public bool IsStarved { get; private set; }

    /// <summary>The message so far.</summary>
    public ReadOnlyMemory<byte> Written => _array.Length == 0 ? default : _array.AsMemory(Headroom, Length);

    public void Advance(int count) => Length += IsStarved ? 0 : count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int hint = Math.Max(1, sizeHint);
        int needed = Headroom + Length + hint;
        if (needed > _array.Length && !TryGrow(needed))
            return Nowhere(hint);
        return _array.AsMemory(Headroom + Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>The whole message as a plain frame, made in place.</summary>
    /// <returns>Valid until the buffer is written to or cleared.</returns>
    public ReadOnlyMemory<byte> ToFrame(OpCode opCode)
    {
        if (_array.Length == 0)
            _array = buffers.Rent(Headroom);
        int headerLength = FrameWriter.HeaderLength(Length);
        FrameWriter.WriteHeader(_array.AsSpan(Headroom - headerLength), opCode, Length);
        return _array.AsMemory(Headroom - headerLength, headerLength + Length);
    }

    /// <summary>Forgets the message and gives the array back.</summary>
    public void Clear()
    {
        if (_array.Length > 0)
            buffers.Return(_array);
        _array = [];
        Length = 0;
        IsStarved = false;
    }

    private bool TryGrow(int needed)
    {
        int length = buffers.Budget.IsTight ? Math.Max(needed, _array.Length + _array.Length / 2) : Math.Max(needed, _array.Length * 2);
        byte[]? larger = isBrief ? buffers.Rent(length) : IsStarved ? null : buffers.TryRent(length);
        if (larger is null && MayOverdraw && !IsStarved && needed <= InputBuffers.Smallest)
            larger = buffers.Rent(needed);
        if (larger is null)
        {
            Clear();
            IsStarved = true;
            return false;
        }
        if (_array.Length > 0)
        {
            _array.AsSpan(0, Headroom + Length).CopyTo(larger);
            buffers.Return(_array);
        }
        _array = larger;
        return true;
    }

    /// <summary>Where the rest of a message goes that there is no memory for.</summary>
    private static Memory<byte> Nowhere(int size)
    {
        if (_nowhere is null || _nowhere.Length < size)
            _nowhere = new byte[Math.Max(size, 16 << 10)];
        return _nowhere;
    }
}
