using System.Buffers;

namespace Keker.Protocol.Http;

/// <summary><c>uri-host [ ":" port ]</c> as in a Host field or an authority (RFC 9110, section 7.2; RFC 3986, section 3.2.2).</summary>
internal static class HostGrammar
{
    /// <summary>An IPv6 address with an embedded IPv4 one has at most 45 characters.</summary>
    private const int MaxAddressLength = 45;

    private const int MaxPortDigits = 5;

    /// <summary>
    /// Unreserved characters and sub-delims, without the comma: a comma in a Host value is two Host lines that a proxy has joined.
    /// </summary>
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "!$&'()*+;=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    /// <summary>Whether the value is a host with an optional port. The empty value is not; a Host field may be empty by its own rule.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        int hostLength = !value.IsEmpty && value[0] == (byte)'[' ? AddressLength(value) : NameLength(value);
        return hostLength > 0 && IsPort(value[hostLength..]);
    }

    private static int NameLength(ReadOnlySpan<byte> value)
    {
        int length = 0;
        while (true)
        {
            int stop = value[length..].IndexOfAnyExcept(NameBytes);
            if (stop < 0)
                return value.Length;
            length += stop;
            if (value[length] != (byte)'%')
                return length;
            if (length + 2 >= value.Length || !char.IsAsciiHexDigit((char)value[length + 1]) || !char.IsAsciiHexDigit((char)value[length + 2]))
                return 0;
            length += 3;
        }
    }

    private static int AddressLength(ReadOnlySpan<byte> value)
    {
        int close = value.IndexOf((byte)']');
        if (close < 0)
            return 0;
        ReadOnlySpan<byte> address = value[1..close];
        bool plausible = address.Length <= MaxAddressLength && !address.ContainsAnyExcept(AddressBytes) && address.Count((byte)':') >= 2;
        return plausible ? close + 1 : 0;
    }

    private static bool IsPort(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return true;
        return rest[0] == (byte)':' && rest.Length <= 1 + MaxPortDigits && !rest[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
