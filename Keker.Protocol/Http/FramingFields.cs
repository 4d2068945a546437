using System.Text;

namespace Keker.Protocol.Http;

/// <summary>The values of the two fields that say where a body ends. One reading or none (RFC 9112, sections 6.1 to 6.3).</summary>
internal static class FramingFields
{
    /// <summary>2^63 - 1 has 19 digits.</summary>
    private const int MaxLengthDigits = 19;

    /// <summary>
    /// Digits only, by hand: the number parsers of .NET take signs. An element list (<c>5, 5</c>) is refused, as RFC 9112, section 6.3, allows.
    /// </summary>
    public static bool TryParseContentLength(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.IsEmpty || value.Length > MaxLengthDigits)
            return false;
        ulong sum = 0;
        foreach (byte digit in value)
        {
            if (!HttpGrammar.IsDigit(digit))
                return false;
            sum = sum * 10 + (uint)(digit - '0');
        }
        length = (long)sum;
        return length >= 0;
    }

    /// <summary>
    /// None if the value is <c>chunked</c> and nothing else; <see cref="HttpFailure.UnknownTransferCoding"/> for a list of tokens that names
    /// another coding, with <c>chunked</c> last or absent; else <see cref="HttpFailure.BadTransferEncoding"/>.
    /// </summary>
    public static HttpFailure CheckTransferEncoding(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "chunked"u8))
            return HttpFailure.None;
        bool chunked = false;
        bool unknown = false;
        foreach (ReadOnlySpan<byte> coding in new ListElements(value))
        {
            if (chunked || !HttpGrammar.IsToken(coding))
                return HttpFailure.BadTransferEncoding;
            chunked = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            unknown |= !chunked;
        }
        return unknown ? HttpFailure.UnknownTransferCoding : HttpFailure.BadTransferEncoding;
    }
}
