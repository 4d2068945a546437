using System.Globalization;

namespace Keker.Server.Options;

/// <summary>
/// Numbers of bytes as operators write them: digits, and <c>k</c>, <c>M</c>, <c>G</c>, <c>T</c> or <c>KiB</c>, <c>MiB</c>, <c>GiB</c>, <c>TiB</c> behind
/// them, in any case, each 1024 times the one before. <c>kB</c> is refused: half of its readers take it for 1000.
/// </summary>
internal static class ByteSizes
{
    private const string Units = "KMGT";
    private const int BitsPerUnit = 10;

    public static bool TryParse(string text, out long bytes)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> unit = digits < 0 ? default : text.AsSpan(digits);
        int shift = 0;
        bytes = 0;
        if (!unit.IsEmpty)
        {
            shift = BitsPerUnit * (1 + Units.IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal));
            if (shift == 0 || (unit.Length > 1 && !unit[1..].Equals("iB", StringComparison.OrdinalIgnoreCase)))
                return false;
        }
        if (!long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return false;
        if (number > long.MaxValue >> shift)
            return false;
        bytes = number << shift;
        return true;
    }
}
