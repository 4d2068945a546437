using System.Buffers.Text;
using System.Numerics;
using System.Text;

namespace Keker.Protocol.Commands;

/// <summary>
/// The place of a message in its topic's log: <c>&lt;epoch&gt;:&lt;offset&gt;</c>, the epoch in lower-case hexadecimal, the offset in
/// decimal, neither with leading zeros, so that an id has one spelling. Immutable.
/// </summary>
/// <param name="Epoch">Names the log's life; offsets of different epochs have nothing to do with each other.</param>
/// <param name="Offset">The message's number in that life, 0 or more.</param>
public readonly record struct MessageId(ulong Epoch, long Offset)
{
    /// <summary>Longest id in bytes: 16 hexadecimal digits, the colon, the 19 digits of 2^63 - 1.</summary>
    public const int MaxLength = MaxEpochDigits + 1 + MaxOffsetDigits;

    /// <summary>The id of no message, for a client that names one that cannot be read: no log has this epoch.</summary>
    public static readonly MessageId Unknown;

    private const int MaxEpochDigits = 16;
    private const int MaxOffsetDigits = 19;
    private const byte Colon = (byte)':';

    /// <summary>Bytes that <see cref="Write"/> writes: 3 to <see cref="MaxLength"/>.</summary>
    public int Length => HexDigits(Epoch) + 1 + DecimalDigits(Offset);

    /// <summary>Reads exactly what <see cref="Write"/> writes.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="id">The id, or the default when the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out MessageId id)
    {
        id = default;
        int colon = text[..Math.Min(text.Length, MaxEpochDigits + 1)].IndexOf(Colon);
        if (colon < 0 || !TryParseHex(text[..colon], out ulong epoch)) return false;
        if (!TryParseDecimal(text[(colon + 1)..], out long offset)) return false;

        id = new MessageId(epoch, offset);
        return true;
    }

    /// <summary>Writes the id.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes; <see cref="MaxLength"/> always suffice.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative, or the destination is too short.</exception>
    public int Write(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Length, nameof(destination));
        int length = WriteHex(destination, Epoch);
        destination[length++] = Colon;
        Utf8Formatter.TryFormat(Offset, destination[length..], out int digits);
        return length + digits;
    }

    /// <summary>The id as <see cref="Write"/> writes it.</summary>
    public string ToText()
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(text[..Write(text)]);
    }

    /// <summary>Digits of a number in hexadecimal, without leading zeros: 1 to 16.</summary>
    internal static int HexDigits(ulong number) => (64 - BitOperations.LeadingZeroCount(number | 1) + 3) / 4;

    /// <summary>Writes a number in lower-case hexadecimal.</summary>
    /// <param name="destination">At least <see cref="HexDigits"/> bytes.</param>
    /// <param name="number">Any number.</param>
    /// <returns>Bytes written.</returns>
    internal static int WriteHex(Span<byte> destination, ulong number)
    {
        int digits = HexDigits(number);
        for (int i = digits - 1; i >= 0; i--, number >>= 4)
            destination[i] = "0123456789abcdef"u8[(int)(number & 0xF)];
        return digits;
    }

    private static int DecimalDigits(long number)
    {
        int digits = 1;
        for (; number >= 10; number /= 10) digits++;
        return digits;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> digits, out ulong number)
    {
        number = 0;
        if (digits.IsEmpty || HasLeadingZero(digits)) return false;
        foreach (byte digit in digits)
        {
            if (digit is >= (byte)'A' and <= (byte)'F' || !char.IsAsciiHexDigit((char)digit)) return false;
            number = number << 4 | (uint)(digit <= (byte)'9' ? digit - '0' : digit - 'a' + 10);
        }

        return true;
    }

    private static bool TryParseDecimal(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        if (digits.IsEmpty || digits.Length > MaxOffsetDigits || HasLeadingZero(digits)) return false;
        ulong sum = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            sum = sum * 10 + (uint)(digit - '0');
        }

        if (sum > long.MaxValue) return false;
        number = (long)sum;
        return true;
    }

    private static bool HasLeadingZero(ReadOnlySpan<byte> digits) => digits[0] == (byte)'0' && digits.Length > 1;
}
