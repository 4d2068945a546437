namespace Keker.Protocol.Http;

/// <summary>What a client has kept of an earlier answer (RFC 9110, section 13.1.2). Stateless, thread-safe.</summary>
public static class IfNoneMatch
{
    /// <summary>
    /// Whether If-None-Match lists an entity tag, or <c>*</c>. The comparison is the weak one (section 8.8.3.2): proxies that compress make
    /// tags weak. Elements that break the grammar do not count.
    /// </summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="tag">A strong entity tag without commas, quotes included.</param>
    public static bool Names(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> tag)
    {
        foreach (Slice line in head.ValuesOf(bytes, "if-none-match"u8))
        {
            foreach (ReadOnlySpan<byte> element in new ListElements(line.In(bytes)))
            {
                if (element is [(byte)'*'] || (element.StartsWith("W/"u8) ? element[2..] : element).SequenceEqual(tag))
                    return true;
            }
        }
        return false;
    }
}
