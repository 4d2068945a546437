using System.Buffers.Binary;

namespace Keker.Protocol.WebSocket;

/// <summary>The header of a frame. Wire grammar (RFC 6455 5.2), one character a bit:
/// <code>
/// F123OOOO MLLLLLLL [16 or 64 bits of length] [32 bits of masking key, from a client]
/// </code>
/// F = FIN, 123 = reserved bits, O = opcode, M = masked, L = length, or 126, 127 for the longer forms.
/// </summary>
internal readonly struct FrameHeader
{
    /// <summary>Longest header in bytes: two, a 64-bit length and the key.</summary>
    public const int MaxLength = 14;

    private const byte FinalBit = 0x80;
    private const byte CompressedBit = 0x40;
    private const byte OtherReservedBits = 0x30;
    private const byte OpCodeBits = 0x0F;
    private const byte ControlBit = 0x08;
    private const byte MaskBit = 0x80;
    private const byte LengthBits = 0x7F;
    private const int KeyLength = 4;

    private FrameHeader(byte first, int payloadLength, int length, uint key)
    {
        _first = first;
        PayloadLength = payloadLength;
        Length = length;
        Key = key;
    }

    private readonly byte _first;

    public OpCode OpCode => (OpCode)(_first & OpCodeBits);

    public bool IsFinal => (_first & FinalBit) != 0;

    public bool IsCompressed => (_first & CompressedBit) != 0;

    public bool IsControl => (_first & ControlBit) != 0;

    /// <summary>Bytes after the header; at most what the message may still take, so an <c>int</c> holds it.</summary>
    public int PayloadLength { get; }

    /// <summary>Bytes of the header itself.</summary>
    public int Length { get; }

    /// <summary>The masking key, read as a little-endian number as <see cref="Masking"/> wants it; 0, which changes nothing, from a server.</summary>
    public uint Key { get; }

    /// <summary>
    /// Reads a header. Each check stands at the first byte that decides it and looks at nothing behind that byte, so the
    /// verdict cannot depend on how much of the header has arrived.
    /// </summary>
    /// <param name="bytes">What has arrived of the frame, from its first byte; more than the header is fine.</param>
    /// <param name="rules">What is allowed at this point of the connection.</param>
    /// <param name="header">Set when the answer is true.</param>
    /// <param name="failure">The broken rule, or <see cref="FrameFailure.None"/>.</param>
    /// <returns>True for a whole and valid header; false with no failure when bytes are missing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, in FrameRules rules, out FrameHeader header, out FrameFailure failure)
    {
        header = default;
        failure = FrameFailure.None;

        if (bytes.IsEmpty) return false;
        byte first = bytes[0];
        failure = CheckFirst(first, rules);
        if (failure != FrameFailure.None || bytes.Length == 1) return false;

        byte second = bytes[1];
        failure = CheckSecond(first, second, rules);
        if (failure != FrameFailure.None) return false;

        int lengthBytes = (second & LengthBits) switch { 126 => 2, 127 => 8, _ => 0 };
        long payload = second & LengthBits;
        if (lengthBytes != 0 && !TryReadLength(bytes[2..], lengthBytes, rules, out payload, out failure)) return false;

        int keyAt = 2 + lengthBytes;
        int length = keyAt + (rules.FromServer ? 0 : KeyLength);
        if (bytes.Length < length) return false;
        uint key = rules.FromServer ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes[keyAt..]);
        header = new FrameHeader(first, (int)payload, length, key);
        return true;
    }

    private static FrameFailure CheckFirst(byte first, in FrameRules rules)
    {
        var opCode = (OpCode)(first & OpCodeBits);
        bool beginsMessage = opCode is OpCode.Text or OpCode.Binary;
        if ((first & OtherReservedBits) != 0) return FrameFailure.ReservedBits;
        if ((first & CompressedBit) != 0 && !(beginsMessage && rules.AllowCompressed)) return FrameFailure.ReservedBits;

        switch (opCode)
        {
            case OpCode.Continuation:
                if (!rules.InMessage) return FrameFailure.ContinuationWithoutMessage;
                return rules.FragmentsLeft <= 0 ? FrameFailure.TooManyFragments : FrameFailure.None;
            case OpCode.Text or OpCode.Binary:
                return rules.InMessage ? FrameFailure.MessageInsideMessage : FrameFailure.None;
            case OpCode.Close or OpCode.Ping or OpCode.Pong:
                return (first & FinalBit) == 0 ? FrameFailure.FragmentedControl : FrameFailure.None;
            default:
                return FrameFailure.ReservedOpCode;
        }
    }

    private static FrameFailure CheckSecond(byte first, byte second, in FrameRules rules)
    {
        if ((second & MaskBit) != 0 == rules.FromServer) return rules.FromServer ? FrameFailure.Masked : FrameFailure.NotMasked;
        int length = second & LengthBits;
        if ((first & ControlBit) != 0)
        {
            if (length > FrameWriter.MaxControlPayload) return FrameFailure.ControlTooLong;
            return (OpCode)(first & OpCodeBits) == OpCode.Close && length == 1 ? FrameFailure.CloseTooShort : FrameFailure.None;
        }

        return length <= 125 && length > rules.BytesLeft ? FrameFailure.MessageTooBig : FrameFailure.None;
    }

    /// <summary>Reads a 16 or 64-bit length byte by byte: the bytes so far bound what the whole can be from both sides.</summary>
    private static bool TryReadLength(ReadOnlySpan<byte> bytes, int count, in FrameRules rules, out long length, out FrameFailure failure)
    {
        long minimal = count == 2 ? 126 : ushort.MaxValue + 1;
        length = 0;
        failure = FrameFailure.None;
        for (int i = 0; i < count; i++)
        {
            if (i == bytes.Length) return false;
            if (i == 0 && count == 8 && bytes[0] > 0x7F)
            {
                failure = FrameFailure.LengthTopBit;
                return false;
            }

            int bitsToCome = 8 * (count - 1 - i);
            length |= (long)bytes[i] << bitsToCome;
            long atMost = length | ((1L << bitsToCome) - 1);
            if (atMost < minimal) failure = FrameFailure.LengthNotMinimal;
            else if (length > rules.BytesLeft) failure = FrameFailure.MessageTooBig;
            if (failure != FrameFailure.None) return false;
        }

        return true;
    }
}
