using Keker.Protocol.Commands;

namespace Keker.Protocol.Sse;

/// <summary>
/// The id of an event stream with several subscriptions: where it stands in each of them, in the order in which they were asked for. Short, since it comes
/// with every event:
/// <code>
/// list  = [ place ] 1*( "," [ place ] )
/// place = number ":" number      epoch and offset of a <see cref="MessageId"/>, in base 36 with lower-case digits, without leading zeros
/// </code>
/// What is written has all places and no comma at the end. What a client says may leave places out: it says nothing of those subscriptions. Stateless,
/// thread-safe.
/// </summary>
public static class EventIdList
{
    private const int MaxNumberLength = 13;
    private const int Base = 36;
    private const byte Comma = (byte)',';
    private const byte Colon = (byte)':';

    /// <summary>Longest list in bytes that is written or read, with a comma at the end.</summary>
    /// <param name="count">Number of subscriptions.</param>
    public static int MaxLength(int count) => count * (2 * MaxNumberLength + 2);

    /// <summary>Whether an id is to be read as a list: that of one subscription has no comma.</summary>
    public static bool IsOne(ReadOnlySpan<byte> text) => text.Contains(Comma);

    /// <summary>Reads a list.</summary>
    /// <param name="text">Any bytes. A comma at the end is allowed, with which a list of a single place is one.</param>
    /// <param name="places">One for each subscription; gets null for those that the list says nothing of.</param>
    /// <returns>False for anything that is no list of so many places.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<MessageId?> places)
    {
        places.Clear();
        int count = 0;
        while (true)
        {
            int end = text.IndexOf(Comma);
            ReadOnlySpan<byte> place = end < 0 ? text : text[..end];
            if (count == places.Length)
                return end < 0 && place.IsEmpty;
            if (!place.IsEmpty)
            {
                if (!TryParse(place, out MessageId id))
                    return false;
                places[count] = id;
            }
            count++;
            if (end < 0)
                return count == places.Length;
            text = text[(end + 1)..];
        }
    }

    /// <summary>Writes a list.</summary>
    /// <param name="destination"><see cref="MaxLength"/> bytes always suffice.</param>
    /// <param name="places">Two or more.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<MessageId> places)
    {
        int length = 0;
        foreach (MessageId place in places)
        {
            if (length > 0)
                destination[length++] = Comma;
            length += Write(destination[length..], place);
        }
        return length;
    }

    /// <summary>Writes a place.</summary>
    /// <param name="destination">Room for two numbers and a colon.</param>
    /// <param name="place">The offset is 0 or more.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, MessageId place)
    {
        int length = WriteNumber(destination, place.Epoch);
        destination[length++] = Colon;
        return length + WriteNumber(destination[length..], (ulong)place.Offset);
    }

    private static int WriteNumber(Span<byte> destination, ulong number)
    {
        Span<byte> digits = stackalloc byte[MaxNumberLength];
        int start = digits.Length;
        do
        {
            digits[--start] = "0123456789abcdefghijklmnopqrstuvwxyz"u8[(int)(number % Base)];
            number /= Base;
        }
        while (number > 0);
        digits[start..].CopyTo(destination);
        return digits.Length - start;
    }

    private static bool TryParse(ReadOnlySpan<byte> place, out MessageId id)
    {
        id = default;
        int colon = place.IndexOf(Colon);
        if (colon < 0 || !TryParseNumber(place[..colon], ulong.MaxValue, out ulong epoch) || !TryParseNumber(place[(colon + 1)..], long.MaxValue, out ulong offset))
            return false;
        id = new MessageId(epoch, (long)offset);
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<byte> digits, ulong most, out ulong number)
    {
        number = 0;
        if (digits.Length is 0 or > MaxNumberLength || (digits[0] == '0' && digits.Length > 1))
            return false;
        foreach (byte digit in digits)
        {
            int value = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'z' => digit - 'a' + 10,
                _ => -1,
            };
            if (value < 0 || number > (most - (ulong)value) / Base)
                return false;
            number = number * Base + (ulong)value;
        }
        return true;
    }
}
