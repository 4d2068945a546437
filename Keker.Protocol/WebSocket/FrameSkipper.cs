using System.Buffers;
using System.Buffers.Binary;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// Skips the frames of a client whose connection is being closed, unchecked, to find its Close (RFC 6455 5.5.1): nothing else that it says has a
/// meaning any more. Stateless.
/// </summary>
internal static class FrameSkipper
{
    private const int OpCodeBits = 0x0F;
    private const int MaskBit = 0x80;
    private const int LengthBits = 0x7F;
    private const int KeyLength = 4;

    /// <summary>Longest header in front of the key.</summary>
    private const int MostBytes = 10;

    /// <summary>Skips what has arrived.</summary>
    /// <param name="input">Its start moves over what is skipped; a header, or a Close, that is not whole stays.</param>
    /// <param name="remaining">Bytes to come of the frame under way. A frame of 2 GiB or more counts as one of 2 GiB.</param>
    /// <returns>True once a Close has come, or what claims to be one: what follows it does not matter.</returns>
    public static bool TrySkipToClose(ref ReadOnlySequence<byte> input, ref int remaining)
    {
        while (true)
        {
            int here = (int)Math.Min(remaining, input.Length);
            input = input.Slice(here);
            remaining -= here;
            if (remaining > 0 || !TryReadHeader(input, out OpCode opCode, out int header, out ulong payload))
                return false;
            if (opCode == OpCode.Close)
                return payload > FrameWriter.MaxControlPayload || input.Length - header >= (long)payload;
            input = input.Slice(header);
            remaining = (int)Math.Min(payload, int.MaxValue);
        }
    }

    private static bool TryReadHeader(in ReadOnlySequence<byte> input, out OpCode opCode, out int length, out ulong payload)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        bytes = bytes[..(int)Math.Min(input.Length, MostBytes)];
        input.Slice(0, bytes.Length).CopyTo(bytes);
        opCode = default;
        length = 2;
        payload = 0;
        if (bytes.Length < length)
            return false;
        opCode = (OpCode)(bytes[0] & OpCodeBits);
        payload = (ulong)(bytes[1] & LengthBits);
        int longer = payload switch { 126 => 2, 127 => 8, _ => 0 };
        length += longer + ((bytes[1] & MaskBit) != 0 ? KeyLength : 0);
        if (input.Length < length)
            return false;
        if (longer > 0)
            payload = longer == 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]);
        return true;
    }
}
