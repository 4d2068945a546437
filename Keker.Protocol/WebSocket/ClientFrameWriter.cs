using System.Buffers.Binary;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// Writes frames as a client sends them: one frame a message, masked (RFC 6455 5.1, 5.3). The caller owns every buffer, and sees to it that nobody can
/// foretell the keys. Stateless, thread-safe. A destination that is too short is a bug of the caller and throws.
/// </summary>
public static class ClientFrameWriter
{
    private const byte MaskBit = 0x80;
    private const int KeyLength = sizeof(uint);

    /// <summary>Bytes of a frame with a payload of so many bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static int Length(int payloadLength) => FrameWriter.HeaderLength(payloadLength) + KeyLength + payloadLength;

    /// <summary>Writes a frame that is a whole message, or a control frame.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; must not overlap the payload.</param>
    /// <param name="opCode">The kind of frame.</param>
    /// <param name="payload">Of a control frame at most <see cref="FrameWriter.MaxControlPayload"/> bytes.</param>
    /// <param name="key">The masking key as <see cref="Masking"/> has it, another one for each frame.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, OpCode opCode, ReadOnlySpan<byte> payload, uint key)
    {
        int header = FrameWriter.WriteHeader(destination, opCode, payload.Length);
        destination[1] |= MaskBit;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[header..], key);
        Masking.Apply(payload, destination[(header + KeyLength)..], key, phase: 0);
        return header + KeyLength + payload.Length;
    }

    /// <summary>Writes a Close frame (RFC 6455 5.5.1).</summary>
    /// <param name="destination">At least 8 bytes.</param>
    /// <param name="code">A code that may be on the wire, or <see cref="CloseCode.NoStatus"/> for a Close without one.</param>
    /// <param name="key">The masking key.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteClose(Span<byte> destination, ushort code, uint key)
    {
        Span<byte> payload = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        return Write(destination, OpCode.Close, code == CloseCode.NoStatus ? default : payload, key);
    }
}
