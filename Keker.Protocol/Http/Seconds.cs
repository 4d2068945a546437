namespace Keker.Protocol.Http;

/// <summary>A bounded number of seconds: <c>delta-seconds = 1*DIGIT</c> (RFC 9110, section 10.2.3).</summary>
internal static class Seconds
{
    /// <summary>Digits only, by hand: the number parsers of .NET take signs.</summary>
    /// <param name="digits">Any bytes.</param>
    /// <param name="most">The largest number accepted, below a hundred million.</param>
    /// <param name="seconds">0 to <paramref name="most"/>; 0 when the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<byte> digits, int most, out int seconds)
    {
        seconds = 0;
        if (digits.IsEmpty)
            return false;
        int sum = 0;
        foreach (byte digit in digits)
        {
            if (!HttpGrammar.IsDigit(digit))
                return false;
            sum = sum * 10 + (digit - '0');
            if (sum > most)
                return false;
        }
        seconds = sum;
        return true;
    }
}
