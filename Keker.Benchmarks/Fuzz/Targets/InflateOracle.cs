using Keker.Protocol.Deflate;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// Inflates a message the slow way (RFC 1951): bit by bit, codes looked up in dictionaries, the whole output kept. As strict as zlib about
/// codes, and stricter about the end (RFC 7692, section 7.2.2). Shares no code with <see cref="Inflater"/>.
/// </summary>
internal sealed class InflateOracle
{
    private static readonly int[] LengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static readonly Dictionary<(int, int), int> FixedLiterals = CodeOf(
        [.. Enumerable.Repeat(8, 144), .. Enumerable.Repeat(9, 112), .. Enumerable.Repeat(7, 24), .. Enumerable.Repeat(8, 8)])!;

    private static readonly Dictionary<(int, int), int> FixedDistances = CodeOf([.. Enumerable.Repeat(5, 32)])!;

    private readonly byte[] _input;
    private readonly int _limit;
    private long _at;
    private int _streamStart;

    public InflateOracle(byte[] input, int limit)
    {
        _input = input;
        _limit = limit;
        Status = input.Length == 0 ? InflateStatus.Complete : ReadBlocks();
    }

    public InflateStatus Status { get; }

    /// <summary>What was inflated until the end, the limit or what is wrong.</summary>
    public List<byte> Output { get; } = [];

    /// <summary>Whether a final block came before the end, after which another decoder would stop.</summary>
    public bool HasFinalBlock { get; private set; }

    private bool AtEnd => _at >= 8L * _input.Length;

    private InflateStatus ReadBlocks()
    {
        while (true)
        {
            int final = Bits(1);
            int type = Bits(2);
            if (final < 0 || type is < 0 or 3) return InflateStatus.Invalid;
            if (type == 0)
            {
                Align();
                if (AtEnd) return InflateStatus.Complete;
            }

            InflateStatus status = type switch
            {
                0 => ReadStored(),
                1 => ReadCompressed(FixedLiterals, FixedDistances),
                _ => ReadDynamic(),
            };
            if (status != InflateStatus.Complete) return status;
            if (final == 0) continue;
            HasFinalBlock = true;
            Align();
            if (AtEnd) return status;
            _streamStart = Output.Count;
        }
    }

    private InflateStatus ReadStored()
    {
        int length = Bits(16);
        int complement = Bits(16);
        if (complement < 0 || length + complement != 0xFFFF) return InflateStatus.Invalid;
        for (; length > 0; length--)
        {
            if (Output.Count == _limit) return InflateStatus.TooBig;
            int value = Bits(8);
            if (value < 0) return InflateStatus.Invalid;
            Output.Add((byte)value);
        }

        return InflateStatus.Complete;
    }

    private InflateStatus ReadDynamic()
    {
        int literals = Bits(5) + 257;
        int distances = Bits(5) + 1;
        int count = Bits(4) + 4;
        if (count < 4 || literals > 286 || distances > 30) return InflateStatus.Invalid;

        int[] lengths = new int[LengthOrder.Length];
        for (int i = 0; i < count; i++) lengths[LengthOrder[i]] = Math.Max(0, Bits(3));
        if (CodeOf(lengths, mayHaveOneSymbol: false) is not { } code) return InflateStatus.Invalid;

        List<int> all = [];
        while (all.Count < literals + distances)
        {
            int symbol = Symbol(code);
            (int value, int repeat) = symbol switch
            {
                16 => (all.Count == 0 ? -1 : all[^1], Repeat(3, Bits(2))),
                17 => (0, Repeat(3, Bits(3))),
                18 => (0, Repeat(11, Bits(7))),
                _ => (symbol, 1),
            };
            if (value < 0 || repeat < 0) return InflateStatus.Invalid;
            all.AddRange(Enumerable.Repeat(value, repeat));
        }

        if (all.Count != literals + distances || all[256] == 0) return InflateStatus.Invalid;
        Dictionary<(int, int), int>? literalCode = CodeOf([.. all[..literals]]);
        Dictionary<(int, int), int>? distanceCode = CodeOf([.. all[literals..]]);
        return literalCode is null || distanceCode is null ? InflateStatus.Invalid : ReadCompressed(literalCode, distanceCode);
    }

    private static int Repeat(int least, int extra) => extra < 0 ? -1 : least + extra;

    private InflateStatus ReadCompressed(Dictionary<(int, int), int> literals, Dictionary<(int, int), int> distances)
    {
        while (true)
        {
            int symbol = Symbol(literals);
            if (symbol == 256) return InflateStatus.Complete;
            if (symbol is < 0 or > 285) return InflateStatus.Invalid;
            if (symbol < 256)
            {
                if (Output.Count == _limit) return InflateStatus.TooBig;
                Output.Add((byte)symbol);
                continue;
            }

            int length = LengthOf(symbol - 257);
            int distance = DistanceOf(Symbol(distances));
            if (length < 0 || distance < 0 || distance > Output.Count - _streamStart) return InflateStatus.Invalid;
            if (length > _limit - Output.Count) return InflateStatus.TooBig;
            for (; length > 0; length--) Output.Add(Output[^distance]);
        }
    }

    /// <summary>Section 3.2.5: eight single lengths, then four for each number of extra bits, and 258 by itself.</summary>
    private int LengthOf(int symbol)
    {
        if (symbol < 8) return 3 + symbol;
        if (symbol == 28) return 258;
        int extraBits = symbol / 4 - 1;
        int extra = Bits(extraBits);
        return extra < 0 ? -1 : 3 + ((4 + symbol % 4) << extraBits) + extra;
    }

    /// <summary>Four single distances, then two for each number of extra bits.</summary>
    private int DistanceOf(int symbol)
    {
        if (symbol is < 0 or > 29) return -1;
        if (symbol < 4) return 1 + symbol;
        int extraBits = symbol / 2 - 1;
        int extra = Bits(extraBits);
        return extra < 0 ? -1 : 1 + ((2 + symbol % 2) << extraBits) + extra;
    }

    /// <summary>
    /// Section 3.2.2: codes by length and number. Null if there are too many or too few; but one code of one bit, or none, may be alone.
    /// </summary>
    private static Dictionary<(int Length, int Code), int>? CodeOf(int[] lengths, bool mayHaveOneSymbol = true)
    {
        Dictionary<(int, int), int> codes = [];
        int code = 0;
        for (int length = 1; length <= 15; length++, code <<= 1)
        {
            for (int symbol = 0; symbol < lengths.Length; symbol++)
                if (lengths[symbol] == length) codes[(length, code++)] = symbol;
            if (code > 1 << length) return null;
        }

        bool complete = code == 1 << 16;
        bool alone = mayHaveOneSymbol && codes.Keys.All(key => key.Item1 == 1);
        return complete || alone ? codes : null;
    }

    private int Symbol(Dictionary<(int, int), int> codes)
    {
        int code = 0;
        for (int length = 1; length <= 15; length++)
        {
            int bit = Bits(1);
            if (bit < 0) return -1;
            code = code * 2 + bit;
            if (codes.TryGetValue((length, code), out int symbol)) return symbol;
        }

        return -1;
    }

    /// <summary>A number, or -1 when the input ends before it.</summary>
    private int Bits(int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++, _at++)
        {
            if (AtEnd) return -1;
            value |= ((_input[_at / 8] >> (int)(_at % 8)) & 1) << i;
        }

        return value;
    }

    private void Align() => _at = (_at + 7) / 8 * 8;
}
