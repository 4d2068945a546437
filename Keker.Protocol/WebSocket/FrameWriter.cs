using System.Buffers.Binary;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// Writes frames as a server sends them: one frame a message, not masked, length in the shortest form (RFC 6455 5.1, 5.2).
/// The caller owns every buffer. Stateless, thread-safe. A destination that is too short is a bug of the caller and throws.
/// </summary>
public static class FrameWriter
{
    /// <summary>Longest header in bytes: two, and a 64-bit length.</summary>
    public const int MaxHeaderLength = 10;

    /// <summary>Longest payload of a control frame in bytes (RFC 6455 5.5).</summary>
    public const int MaxControlPayload = 125;

    /// <summary>Longest control frame in bytes, header included.</summary>
    public const int MaxControlFrameLength = 2 + MaxControlPayload;

    private const int MaxReason = MaxControlPayload - sizeof(ushort);
    private const byte Final = 0x80;
    private const byte Compressed = 0x40;

    /// <summary>Bytes that <see cref="WriteHeader"/> writes for a payload of this many bytes: 2, 4 or 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static int HeaderLength(long payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        return payloadLength switch { <= 125 => 2, <= ushort.MaxValue => 4, _ => MaxHeaderLength };
    }

    /// <summary>A new frame that is a whole message, its header written.</summary>
    /// <param name="opCode">The kind of frame.</param>
    /// <param name="payloadLength">Bytes of the payload.</param>
    /// <param name="payload">The part of the frame where the payload goes; its content is undefined.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="OutOfMemoryException">There is no array of that size.</exception>
    public static byte[] Create(OpCode opCode, int payloadLength, out Span<byte> payload)
    {
        int headerLength = HeaderLength(payloadLength);
        byte[] frame = GC.AllocateUninitializedArray<byte>(headerLength + payloadLength);
        WriteHeader(frame, opCode, payloadLength);
        payload = frame.AsSpan(headerLength);
        return frame;
    }

    /// <summary>Writes the header of a frame that is a whole message.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="opCode">The kind of frame.</param>
    /// <param name="payloadLength">Bytes that follow the header.</param>
    /// <param name="compressed">Whether they are deflated: sets RSV1 (RFC 7692 6).</param>
    /// <returns>Bytes written: 2, 4 or 10.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static int WriteHeader(Span<byte> destination, OpCode opCode, long payloadLength, bool compressed = false)
    {
        int length = HeaderLength(payloadLength);
        destination[0] = (byte)(Final | (compressed ? Compressed : 0) | (byte)opCode);
        switch (length)
        {
            case 2:
                destination[1] = (byte)payloadLength;
                break;
            case 4:
                destination[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                break;
            default:
                destination[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payloadLength);
                break;
        }

        return length;
    }

    /// <summary>Writes a whole control frame.</summary>
    /// <param name="destination">At least 2 bytes and the payload; <see cref="MaxControlFrameLength"/> always suffices.</param>
    /// <param name="opCode">Ping, Pong or Close.</param>
    /// <param name="payload">At most <see cref="MaxControlPayload"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than a control frame may carry.</exception>
    public static int WriteControl(Span<byte> destination, OpCode opCode, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaxControlPayload, nameof(payload));
        int header = WriteHeader(destination, opCode, payload.Length);
        payload.CopyTo(destination[header..]);
        return header + payload.Length;
    }

    /// <summary>Writes a Close frame (RFC 6455 5.5.1).</summary>
    /// <param name="destination"><see cref="MaxControlFrameLength"/> bytes always suffice.</param>
    /// <param name="code">
    /// A code that may be on the wire, or <see cref="CloseCode.NoStatus"/> for a Close without code and reason: the answer to
    /// a Close that had none.
    /// </param>
    /// <param name="reason">UTF-8; what is over 123 bytes is cut off, between two code points.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be on the wire.</exception>
    public static int WriteClose(Span<byte> destination, ushort code, ReadOnlySpan<byte> reason)
    {
        if (code == CloseCode.NoStatus) return WriteControl(destination, OpCode.Close, default);
        if (!CloseCode.IsValidOnWire(code)) throw new ArgumentOutOfRangeException(nameof(code), code, "This close code may not be sent.");

        reason = reason[..CutLength(reason)];
        int header = WriteHeader(destination, OpCode.Close, sizeof(ushort) + reason.Length);
        BinaryPrimitives.WriteUInt16BigEndian(destination[header..], code);
        reason.CopyTo(destination[(header + sizeof(ushort))..]);
        return header + sizeof(ushort) + reason.Length;
    }

    private static int CutLength(ReadOnlySpan<byte> reason)
    {
        if (reason.Length <= MaxReason) return reason.Length;
        int length = MaxReason;
        while (length > 0 && (reason[length] & 0xC0) == 0x80) length--;
        return length;
    }
}
