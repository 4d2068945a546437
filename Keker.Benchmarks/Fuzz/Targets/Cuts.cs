namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// Where to cut an input: numbers that look random and depend on the input alone, so that a finding can be replayed and the fuzzer sees the
/// same path for the same bytes. (FNV-1a over the input, then xorshift.)
/// </summary>
internal sealed class Cuts
{
    private ulong _state = 0xCBF29CE484222325;

    public Cuts(ReadOnlySpan<byte> input)
    {
        foreach (byte value in input) _state = (_state ^ value) * 0x100000001B3;
        if (_state == 0) _state = 1;
    }

    /// <summary>A length from 1 to <paramref name="largest"/>.</summary>
    public int Next(int largest)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return 1 + (int)((_state >> 11) % (ulong)largest);
    }

    /// <summary>
    /// The largest pieces to cut an input into, one number a round: single bytes (small pieces where they would be too many), a few bytes, and
    /// two or three pieces in all.
    /// </summary>
    public static int[] Rounds(int inputLength) =>
        [inputLength <= 1024 ? 1 : 1 + inputLength / 256, 7, Math.Max(1, inputLength / 2), Math.Max(1, inputLength)];
}
