namespace Keker.Protocol.Deflate;

/// <summary>The constants of the deflate format (RFC 1951). Immutable, thread-safe.</summary>
internal static class DeflateCodes
{
    /// <summary>The symbol that ends a block; those below are literal bytes.</summary>
    public const int EndOfBlock = 256;

    /// <summary>The first of the symbols that begin a copy.</summary>
    public const int FirstLength = 257;

    /// <summary>Most symbols that a block's own literal and length code may have.</summary>
    public const int MaxLiterals = 286;

    /// <summary>Most symbols that a block's own distance code may have.</summary>
    public const int MaxDistances = 30;

    /// <summary>Section 3.2.7: for which symbols the lengths of the code of code lengths follow each other.</summary>
    public static readonly byte[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Section 3.2.5: the smallest length in bytes that a symbol, counted from <see cref="FirstLength"/>, stands for.</summary>
    public static readonly ushort[] LengthBase =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    /// <summary>How many bits follow, which are added to that.</summary>
    public static readonly byte[] LengthExtra =
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    /// <summary>Section 3.2.5: the smallest distance in bytes that a symbol stands for.</summary>
    public static readonly ushort[] DistanceBase =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ];

    /// <summary>How many bits follow, which are added to that.</summary>
    public static readonly byte[] DistanceExtra =
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    /// <summary>Section 3.2.6: the literal and length code of blocks that bring none; two of its symbols are invalid.</summary>
    public static readonly HuffmanTable FixedLiterals =
        Fixed(symbols: 288, fastBits: 9, symbol => symbol switch { < 144 => 8, < 256 => 9, < 280 => 7, _ => 8 });

    /// <summary>Their distance code; two of its symbols are invalid.</summary>
    public static readonly HuffmanTable FixedDistances = Fixed(symbols: 32, fastBits: 5, _ => 5);

    private static HuffmanTable Fixed(int symbols, int fastBits, Func<int, byte> length)
    {
        var table = new HuffmanTable(symbols, fastBits);
        table.TryBuild([.. Enumerable.Range(0, symbols).Select(length)], mayBeIncomplete: false);
        return table;
    }
}
