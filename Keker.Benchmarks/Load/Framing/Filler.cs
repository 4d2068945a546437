namespace Keker.Benchmarks.Load.Framing;

/// <summary>What follows the head of a message: letters that look random, begun elsewhere for each number, so that bytes of another message show.</summary>
internal static class Filler
{
    private const int Shifts = 64;
    private const int Seed = 3498;

    private static byte[] _letters = Make(64 << 10);

    public static ReadOnlySpan<byte> Of(uint number, int length)
    {
        byte[] letters = _letters;
        if (letters.Length < length + Shifts)
            _letters = letters = Make(length + Shifts);
        return letters.AsSpan((int)(number % Shifts), length);
    }

    /// <summary>The seed makes a longer one begin like a shorter one.</summary>
    private static byte[] Make(int length)
    {
        byte[] letters = new byte[length];
        new Random(Seed).GetItems("abcdefghijklmnopqrstuvwxyz0123456789"u8, letters);
        return letters;
    }
}
