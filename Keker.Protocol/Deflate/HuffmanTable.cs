using System.Runtime.CompilerServices;

namespace Keker.Protocol.Deflate;

/// <summary>
/// Decodes one canonical Huffman code (RFC 1951, section 3.2.2): short codes by one look-up, long ones, which are rare by construction, bit
/// by bit. Building allocates nothing. Not thread-safe while it is built.
/// </summary>
internal sealed class HuffmanTable
{
    /// <summary>Longest code in bits.</summary>
    public const int MaxLength = 15;

    private const int LengthBits = 4;

    private readonly int _fastBits;

    // By the next bits of the input: symbol and length of the code they begin with; 0 if it is longer than that, or no code.
    private readonly ushort[] _fast;

    // All symbols in the order of their codes, and how many codes there are of each length.
    private readonly ushort[] _symbols;
    private readonly ushort[] _counts = new ushort[MaxLength + 1];

    /// <summary>Creates an empty table, in which every code is invalid.</summary>
    /// <param name="maxSymbols">Most symbols it can have.</param>
    /// <param name="fastBits">Longest code that is decoded by one look-up.</param>
    public HuffmanTable(int maxSymbols, int fastBits)
    {
        _symbols = new ushort[maxSymbols];
        _fastBits = fastBits;
        _fast = new ushort[1 << fastBits];
    }

    /// <summary>Replaces the code; false if the lengths make none, after which the table must not be used before it is built again.</summary>
    /// <param name="lengths">The length in bits for each symbol, 0 for one that does not occur.</param>
    /// <param name="mayBeIncomplete">
    /// Whether the code may consist of one symbol of one bit, or of none (RFC 1951, section 3.2.7, for distances; zlib allows it for literals too).
    /// </param>
    public bool TryBuild(ReadOnlySpan<byte> lengths, bool mayBeIncomplete)
    {
        Span<ushort> counts = _counts;
        counts.Clear();
        foreach (byte length in lengths)
            counts[length]++;
        counts[0] = 0;

        int unused = 1;
        for (int length = 1; length <= MaxLength; length++)
        {
            unused = (unused << 1) - counts[length];
            if (unused < 0)
                return false;
        }

        if (unused > 0 && !(mayBeIncomplete && !counts[2..].ContainsAnyExcept((ushort)0)))
            return false;
        Sort(lengths);
        Fill();
        return true;
    }

    /// <summary>Takes one code.</summary>
    /// <param name="bits">Refilled so that <see cref="MaxLength"/> bits are ready, unless the input ends before.</param>
    /// <returns>The symbol, or -1 if this is no code. Not to be believed when <see cref="InflateBits.Overrun"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Decode(ref InflateBits bits)
    {
        ushort[] fast = _fast;
        uint entry = fast[bits.Peek() & (uint)(fast.Length - 1)];
        if (entry == 0)
            return DecodeLong(ref bits);
        bits.Drop((int)(entry & ((1 << LengthBits) - 1)));
        return (int)(entry >> LengthBits);
    }

    private int DecodeLong(ref InflateBits bits)
    {
        uint ahead = bits.Peek();
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= MaxLength; length++, ahead >>= 1)
        {
            // Codes of one length are consecutive numbers from "first" on, most significant bit first.
            code = (code << 1) | (int)(ahead & 1);
            first <<= 1;
            int count = _counts[length];
            if (code - first < count)
            {
                bits.Drop(length);
                return _symbols[index + code - first];
            }

            index += count;
            first += count;
        }

        return -1;
    }

    private void Sort(ReadOnlySpan<byte> lengths)
    {
        Span<int> next = stackalloc int[MaxLength + 1];
        for (int length = 1; length < MaxLength; length++)
            next[length + 1] = next[length] + _counts[length];
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
                _symbols[next[lengths[symbol]]++] = (ushort)symbol;
        }
    }

    /// <summary>Fills the table for one bit, doubles it for two, and so on: each code is written once and copied to where further bits follow.</summary>
    private void Fill()
    {
        Span<ushort> fast = _fast;
        fast[0] = 0;
        int code = 0;
        int index = 0;
        for (int length = 1; length <= _fastBits; length++)
        {
            int half = 1 << (length - 1);
            fast[..half].CopyTo(fast[half..]);
            for (int i = _counts[length]; i > 0; i--)
            {
                fast[code] = (ushort)((_symbols[index++] << LengthBits) | length);
                code = NextCode(code, half);
            }
        }
    }

    /// <summary>Adds one to a code, whose first and most significant bit stands lowest, as in the input.</summary>
    private static int NextCode(int code, int lastBit)
    {
        while ((code & lastBit) != 0)
        {
            code ^= lastBit;
            lastBit >>= 1;
        }

        return code | lastBit;
    }
}
