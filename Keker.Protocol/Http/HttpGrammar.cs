using System.Buffers;

namespace Keker.Protocol.Http;

/// <summary>The byte classes of RFC 9110, section 5, shared by all parsers of this folder.</summary>
internal static class HttpGrammar
{
    public const byte Tab = (byte)'\t';
    public const byte LineFeed = (byte)'\n';
    public const byte CarriageReturn = (byte)'\r';
    public const byte Space = (byte)' ';

    /// <summary><c>tchar</c>, RFC 9110, section 5.6.2.</summary>
    public static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// The bytes that end a field value or ruin it: all controls but HTAB (RFC 9110, section 5.5). Obs-text is opaque and allowed.
    /// </summary>
    public static readonly SearchValues<byte> NotInValue = SearchValues.Create(
        "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0A\x0B\x0C\x0D\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F"u8);

    /// <summary>OWS is SP and HTAB and nothing else: a NBSP or VT that is trimmed here and not by a proxy is a smuggling vector.</summary>
    public static bool IsOws(byte value) => value is Space or Tab;

    public static bool IsToken(ReadOnlySpan<byte> value) => !value.IsEmpty && !value.ContainsAnyExcept(TokenBytes);

    public static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    public static ReadOnlySpan<byte> TrimOws(ReadOnlySpan<byte> value)
    {
        int start = 0;
        while (start < value.Length && IsOws(value[start]))
            start++;
        int end = value.Length;
        while (end > start && IsOws(value[end - 1]))
            end--;
        return value[start..end];
    }
}
