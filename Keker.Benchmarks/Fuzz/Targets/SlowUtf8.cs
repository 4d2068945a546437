namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>UTF-8 by arithmetic on code points (RFC 3629), one byte at a time: the oracle for everything that must be text.</summary>
internal static class SlowUtf8
{
    /// <summary>Whether the bytes are text, or, unless it must be whole, the beginning of one.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes, bool whole)
    {
        for (int at = 0; at < bytes.Length;)
        {
            byte lead = bytes[at];
            int length = lead < 0x80 ? 1 : lead >> 5 == 0b110 ? 2 : lead >> 4 == 0b1110 ? 3 : lead >> 3 == 0b11110 ? 4 : 0;
            if (length == 0) return false;

            int present = Math.Min(length, bytes.Length - at);
            int value = length == 1 ? lead : lead & (0x7F >> length);
            for (int i = 1; i < present; i++)
            {
                if (bytes[at + i] >> 6 != 0b10) return false;
                value = (value << 6) | (bytes[at + i] & 0x3F);
            }

            // What is missing may be all zeros or all ones: some code point in between must be one that exists in this length.
            int missing = 6 * (length - present);
            if (!AnyExists(value << missing, ((value + 1) << missing) - 1, length)) return false;
            if (missing > 0) return !whole;
            at += length;
        }

        return true;
    }

    private static bool AnyExists(int from, int to, int length)
    {
        int shortest = length switch { 1 => 0, 2 => 0x80, 3 => 0x800, _ => 0x10000 };
        from = Math.Max(from, shortest);
        to = Math.Min(to, 0x10FFFF);
        bool onlySurrogates = from >= 0xD800 && to <= 0xDFFF;
        return from <= to && !onlySurrogates;
    }
}
