namespace Keker.Protocol.Http;

/// <summary>How long a message may wait for its recipient: <c>TTL = 1*DIGIT</c>, seconds (RFC 8030, section 5.2). Stateless, thread-safe.</summary>
public static class TimeToLive
{
    /// <summary>Longest time in seconds: 30 days. Longer ones are refused, not shortened, so that nobody counts on them.</summary>
    public const int MaxSeconds = 30 * 24 * 60 * 60;

    /// <summary>Reads the TTL field.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="seconds">0 to <see cref="MaxSeconds"/>; 0 unless the answer is Ok.</param>
    public static FieldStatus Read(RequestHead head, ReadOnlySpan<byte> bytes, out int seconds)
    {
        seconds = 0;
        FieldStatus status = SingleField.Find(head, bytes, "ttl"u8, out Slice value);
        return status == FieldStatus.Ok && !TryParse(value.In(bytes), out seconds) ? FieldStatus.Invalid : status;
    }

    /// <summary>Reads a number of seconds: digits only, leading zeros allowed.</summary>
    /// <param name="digits">Any bytes.</param>
    /// <param name="seconds">0 to <see cref="MaxSeconds"/>; 0 when the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<byte> digits, out int seconds) => Seconds.TryParse(digits, MaxSeconds, out seconds);
}
