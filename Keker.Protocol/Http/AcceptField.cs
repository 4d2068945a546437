using System.Text;

namespace Keker.Protocol.Http;

/// <summary>What a client wants to get (RFC 9110, section 12.5.1). Stateless, thread-safe.</summary>
public static class AcceptField
{
    /// <summary>
    /// Whether an Accept line names <c>text/event-stream</c> itself with a weight over 0. A wildcard does not choose it: every HTTP client
    /// sends one, and an answer without end is nothing to get by accident. Elements that break the grammar do not count.
    /// </summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    public static bool NamesEventStream(RequestHead head, ReadOnlySpan<byte> bytes) => Names(head, bytes, "text/event-stream"u8);

    /// <summary>Whether an Accept line names a media type itself, without a wildcard, with a weight over 0.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="type">The media type in lower case, without parameters.</param>
    public static bool Names(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> type)
    {
        foreach (Slice line in head.ValuesOf(bytes, "accept"u8))
        {
            foreach (ReadOnlySpan<byte> range in new QuotedElements(line.In(bytes), (byte)','))
            {
                if (IsWanted(range, type))
                    return true;
            }
        }
        return false;
    }

    private static bool IsWanted(ReadOnlySpan<byte> range, ReadOnlySpan<byte> type)
    {
        QuotedElements parts = new(range, (byte)';');
        parts.MoveNext();
        if (!Ascii.EqualsIgnoreCase(parts.Current, type))
            return false;
        while (parts.MoveNext())
        {
            ReadOnlySpan<byte> parameter = parts.Current;
            if (parameter.Length >= 2 && parameter[0] is (byte)'q' or (byte)'Q' && parameter[1] == (byte)'=')
                return IsPositiveWeight(parameter[2..]);
        }
        return true;
    }

    /// <summary><c>qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )</c> (RFC 9110, section 12.4.2), and not zero.</summary>
    private static bool IsPositiveWeight(ReadOnlySpan<byte> weight)
    {
        if (weight.IsEmpty || weight[0] is not ((byte)'0' or (byte)'1') || weight.Length > 5)
            return false;
        ReadOnlySpan<byte> decimals = weight[1..];
        if (!decimals.IsEmpty)
        {
            if (decimals[0] != (byte)'.')
                return false;
            decimals = decimals[1..];
        }
        bool isOne = weight[0] == (byte)'1';
        return decimals.ContainsAnyExcept((byte)'0') ? !isOne && !decimals.ContainsAnyExceptInRange((byte)'0', (byte)'9') : isOne;
    }
}
