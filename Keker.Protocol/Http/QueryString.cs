namespace Keker.Protocol.Http;

/// <summary>
/// Reads the query of a request target: <c>key=value</c> pairs between ampersands, percent-encoded (RFC 3986, section 2.1). A plus sign is a
/// plus sign: tokens may hold it, none may hold the space that forms make of it. Stateless, thread-safe.
/// </summary>
public static class QueryString
{
    /// <summary>Finds the value of a key.</summary>
    /// <param name="query">The raw query, <see cref="RequestHead.Query"/>.</param>
    /// <param name="key">The key in unreserved ASCII, which nobody encodes: it is compared as it stands, with case.</param>
    /// <param name="destination">Gets the decoded value: any bytes.</param>
    /// <param name="length">Bytes of the value, 0 without an equals sign; 0 unless the answer is Ok.</param>
    public static QueryStatus Find(ReadOnlySpan<byte> query, ReadOnlySpan<byte> key, Span<byte> destination, out int length)
    {
        length = 0;
        QueryValues values = ValuesOf(query, key);
        if (!values.MoveNext())
            return QueryStatus.Absent;
        ReadOnlySpan<byte> value = values.Current;
        return values.MoveNext() ? QueryStatus.Repeated : Decode(value, destination, out length);
    }

    /// <summary>All values of a key, in order and not decoded.</summary>
    /// <param name="query">The raw query, <see cref="RequestHead.Query"/>.</param>
    /// <param name="key">The key, as <see cref="Find"/> has it.</param>
    public static QueryValues ValuesOf(ReadOnlySpan<byte> query, ReadOnlySpan<byte> key) => new(query, key);

    /// <summary>Decodes a value.</summary>
    /// <param name="value">The raw value.</param>
    /// <param name="destination">Gets the decoded value: any bytes.</param>
    /// <param name="length">Bytes of the value; 0 unless the answer is Ok.</param>
    public static QueryStatus Decode(ReadOnlySpan<byte> value, Span<byte> destination, out int length)
    {
        length = 0;
        int written = 0;
        for (int i = 0; i < value.Length; i++)
        {
            int next = value[i];
            if (next == '%')
            {
                if (i + 2 >= value.Length || !char.IsAsciiHexDigit((char)value[i + 1]) || !char.IsAsciiHexDigit((char)value[i + 2]))
                    return QueryStatus.BadEscape;
                next = HexValue(value[i + 1]) << 4 | HexValue(value[i + 2]);
                i += 2;
            }
            if (written == destination.Length)
                return QueryStatus.TooLong;
            destination[written++] = (byte)next;
        }
        length = written;
        return QueryStatus.Ok;
    }

    private static int HexValue(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
