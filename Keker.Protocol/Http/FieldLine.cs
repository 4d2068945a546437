using System.Diagnostics;

namespace Keker.Protocol.Http;

/// <summary>
/// One header field line: <c>field-name ":" OWS field-value OWS CRLF</c> (RFC 9112, section 5), by offsets into the head.
/// </summary>
internal readonly struct FieldLine(Slice name, Slice value, int end)
{
    public Slice Name { get; } = name;

    public Slice Value { get; } = value;

    /// <summary>Offset of the first byte after the CRLF.</summary>
    public int End { get; } = end;

    /// <summary>
    /// Reads the line that starts at <paramref name="start"/>. The first byte that breaks the grammar decides the failure, also when
    /// the line is not complete yet, which makes the verdict independent of how the input was split.
    /// </summary>
    public static ParseStatus Read(ReadOnlySpan<byte> bytes, int start, out FieldLine line, out HttpFailure failure)
    {
        line = default;
        failure = HttpFailure.None;
        ReadOnlySpan<byte> rest = bytes[start..];

        int colon = rest.IndexOfAnyExcept(HttpGrammar.TokenBytes);
        if (colon < 0)
            return ParseStatus.NeedMore;
        if (rest[colon] != (byte)':' || colon == 0)
        {
            failure = NameFailure(rest[colon], colon == 0);
            return ParseStatus.Failed;
        }

        int first = colon + 1;
        while (first < rest.Length && HttpGrammar.IsOws(rest[first]))
            first++;
        int length = rest[first..].IndexOfAny(HttpGrammar.NotInValue);
        if (length < 0)
            return ParseStatus.NeedMore;

        int end = first + length;
        if (rest[end] != HttpGrammar.CarriageReturn)
        {
            failure = ValueFailure(rest[end]);
            return ParseStatus.Failed;
        }
        if (end + 1 >= rest.Length)
            return ParseStatus.NeedMore;
        if (rest[end + 1] != HttpGrammar.LineFeed)
        {
            failure = HttpFailure.BareCarriageReturn;
            return ParseStatus.Failed;
        }

        int last = end;
        while (last > first && HttpGrammar.IsOws(rest[last - 1]))
            last--;
        line = new FieldLine(new Slice(start, colon), new Slice(start + first, last - first), start + end + 2);
        return ParseStatus.Complete;
    }

    /// <summary>Why <paramref name="found"/> cannot stand in, or end, a field name.</summary>
    /// <param name="found">A byte that is no tchar.</param>
    /// <param name="atStart">Whether it is the first byte of the line.</param>
    public static HttpFailure NameFailure(byte found, bool atStart) => found switch
    {
        HttpGrammar.Space or HttpGrammar.Tab => atStart ? HttpFailure.ObsoleteFold : HttpFailure.SpaceBeforeColon,
        HttpGrammar.LineFeed => HttpFailure.BareLineFeed,
        HttpGrammar.CarriageReturn => HttpFailure.MissingColon,
        _ => HttpFailure.BadFieldName,
    };

    /// <summary>Why <paramref name="found"/>, which is not CR, cannot stand in a field value.</summary>
    public static HttpFailure ValueFailure(byte found)
    {
        Debug.Assert(found != HttpGrammar.CarriageReturn, "CR may end the line");
        return found == HttpGrammar.LineFeed ? HttpFailure.BareLineFeed : HttpFailure.BadFieldValue;
    }
}
