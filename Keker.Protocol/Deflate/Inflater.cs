using System.Buffers;

namespace Keker.Protocol.Deflate;

/// <summary>
/// Inflates messages that were deflated without context takeover (RFC 7692, section 7.2.2; format RFC 1951). The platform's inflater neither
/// says where a stream ended, which a message of several streams needs, nor that the input ended too early, and costs a native object with
/// a finalizer for every message. This one allocates nothing but its tables and window, about 75 KiB once per thread that inflates.
/// <para>Thread-safe. Time is linear in the input and the bounded output. Never throws on input.</para>
/// </summary>
public sealed class Inflater
{
    [ThreadStatic]
    private static Inflater? _idle;

    private readonly HuffmanTable _literals = new(DeflateCodes.MaxLiterals, fastBits: 10);
    private readonly HuffmanTable _distances = new(DeflateCodes.MaxDistances, fastBits: 8);
    private readonly HuffmanTable _codeLengths = new(DeflateCodes.CodeLengthOrder.Length, fastBits: 7);
    private readonly byte[] _lengths = new byte[DeflateCodes.MaxLiterals + DeflateCodes.MaxDistances];
    private readonly InflateWindow _window = new();

    private Inflater()
    {
    }

    /// <summary>Inflates a whole message. A text still has to be checked to be UTF-8.</summary>
    /// <param name="message">
    /// The payloads of its frames, joined: a deflate stream without the last four bytes of an empty stored block (RFC 7692, section 7.2.1).
    /// A stream may also end with a final block (7.2.3.4), and another one follow. No bytes at all are an empty message.
    /// </param>
    /// <param name="maxBytes">Most bytes that it may inflate to, 0 or more; none are made beyond.</param>
    /// <param name="output">Gets them; an unspecified part of them unless the answer is Complete.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative.</exception>
    public static InflateStatus Inflate(in ReadOnlySequence<byte> message, int maxBytes, IBufferWriter<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        Inflater inflater = _idle ?? new Inflater();
        _idle = null;
        var bits = new InflateBits(message);
        inflater._window.Begin(output, maxBytes);
        InflateStatus status = inflater.ReadBlocks(ref bits);
        inflater._window.Finish();
        _idle = inflater;
        return status;
    }

    private InflateStatus ReadBlocks(ref InflateBits bits)
    {
        if (bits.AtEnd)
            return InflateStatus.Complete;

        while (true)
        {
            bits.Refill();
            bool isFinal = bits.Take(1) != 0;
            int type = bits.Take(2);
            if (bits.Overrun)
                return InflateStatus.Invalid;

            InflateStatus status;
            switch (type)
            {
                case 0:
                    // The only regular end: the length of an empty stored block is what the sender removed.
                    bits.Align();
                    if (bits.AtEnd)
                        return InflateStatus.Complete;
                    status = ReadStored(ref bits);
                    break;
                case 1:
                    status = ReadCompressed(ref bits, DeflateCodes.FixedLiterals, DeflateCodes.FixedDistances);
                    break;
                case 2:
                    status = ReadTables(ref bits) ? ReadCompressed(ref bits, _literals, _distances) : InflateStatus.Invalid;
                    break;
                default:
                    return InflateStatus.Invalid;
            }

            if (status != InflateStatus.Complete)
                return status;
            if (!isFinal)
                continue;
            bits.Align();
            if (bits.AtEnd)
                return InflateStatus.Complete;
            _window.BeginStream();
        }
    }

    /// <summary>RFC 1951, section 3.2.4: <c>LEN NLEN data</c>.</summary>
    private InflateStatus ReadStored(ref InflateBits bits)
    {
        bits.Refill();
        int length = bits.Take(16);
        int complement = bits.Take(16);
        if (bits.Overrun || (length ^ complement) != ushort.MaxValue)
            return InflateStatus.Invalid;

        while (length > 0)
        {
            Span<byte> destination = _window.Extend(length);
            if (destination.IsEmpty)
                return InflateStatus.TooBig;
            if (!bits.TryTakeBytes(destination))
                return InflateStatus.Invalid;
            length -= destination.Length;
        }

        return InflateStatus.Complete;
    }

    /// <summary>RFC 1951, section 3.2.7: the code of the code lengths, and with it the code lengths of the two codes.</summary>
    private bool ReadTables(ref InflateBits bits)
    {
        bits.Refill();
        int literals = bits.Take(5) + 257;
        int distances = bits.Take(5) + 1;
        int codeLengths = bits.Take(4) + 4;
        if (literals > DeflateCodes.MaxLiterals || distances > DeflateCodes.MaxDistances)
            return false;

        Span<byte> lengths = _lengths;
        lengths.Clear();
        foreach (byte symbol in DeflateCodes.CodeLengthOrder.AsSpan(0, codeLengths))
        {
            bits.Refill();
            lengths[symbol] = (byte)bits.Take(3);
        }

        return _codeLengths.TryBuild(lengths[..DeflateCodes.CodeLengthOrder.Length], mayBeIncomplete: false)
            && TryReadLengths(ref bits, lengths[..(literals + distances)])
            && lengths[DeflateCodes.EndOfBlock] != 0
            && _literals.TryBuild(lengths[..literals], mayBeIncomplete: true)
            && _distances.TryBuild(lengths.Slice(literals, distances), mayBeIncomplete: true);
    }

    private bool TryReadLengths(ref InflateBits bits, Span<byte> lengths)
    {
        byte previous = 0;
        for (int at = 0; at < lengths.Length;)
        {
            bits.Refill();
            int symbol = _codeLengths.Decode(ref bits);
            int repeat = symbol switch
            {
                16 => 3 + bits.Take(2),
                17 => 3 + bits.Take(3),
                18 => 11 + bits.Take(7),
                _ => 1,
            };
            if (symbol < 0 || bits.Overrun || repeat > lengths.Length - at || (symbol == 16 && at == 0))
                return false;
            if (symbol != 16)
                previous = symbol < 16 ? (byte)symbol : (byte)0;
            lengths.Slice(at, repeat).Fill(previous);
            at += repeat;
        }

        return true;
    }

    /// <summary>RFC 1951, section 3.2.3: literals and copies up to the end of the block.</summary>
    private InflateStatus ReadCompressed(ref InflateBits bits, HuffmanTable literals, HuffmanTable distances)
    {
        InflateWindow window = _window;
        while (true)
        {
            // Enough for the longest length and distance, so that one check for the end of the input does for both.
            bits.Refill();
            int symbol = literals.Decode(ref bits);
            if (symbol < DeflateCodes.EndOfBlock)
            {
                if (symbol < 0 || bits.Overrun)
                    return InflateStatus.Invalid;
                if (!window.TryAdd((byte)symbol))
                    return InflateStatus.TooBig;
                continue;
            }

            if (symbol == DeflateCodes.EndOfBlock)
                return bits.Overrun ? InflateStatus.Invalid : InflateStatus.Complete;

            symbol -= DeflateCodes.FirstLength;
            if (symbol >= DeflateCodes.LengthBase.Length)
                return InflateStatus.Invalid;
            int length = DeflateCodes.LengthBase[symbol] + bits.Take(DeflateCodes.LengthExtra[symbol]);

            symbol = distances.Decode(ref bits);
            if ((uint)symbol >= (uint)DeflateCodes.DistanceBase.Length)
                return InflateStatus.Invalid;
            int distance = DeflateCodes.DistanceBase[symbol] + bits.Take(DeflateCodes.DistanceExtra[symbol]);
            if (bits.Overrun || distance > window.Reach)
                return InflateStatus.Invalid;
            if (!window.TryCopy(distance, length))
                return InflateStatus.TooBig;
        }
    }
}
