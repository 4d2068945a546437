using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>Whether a page may have sent a request, and whether it is one that this server served itself. Stateless, thread-safe.</summary>
/// <remarks>
/// A name is no proof of that: whoever owns one can let it lead here, and his page is of the same origin then (DNS rebinding). An address or localhost is.
/// </remarks>
internal static class PageRequest
{
    /// <summary>Whether what is for operators may be done without a key, as far as browsers are concerned.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="mayWrite">Whether the page of this server may do what only requests with an Origin (RFC 6454) do.</param>
    public static bool MayGoOn(RequestHead head, ReadOnlySpan<byte> bytes, bool mayWrite)
    {
        if (head.TryGet(bytes, "origin"u8, out Slice origin))
            return mayWrite && IsOfHost(origin.In(bytes), head, bytes);

        // A page that reads from its own origin shows none. Browsers tell a server that they trust where it comes from (W3C Fetch Metadata); to any server they say in which
        // languages they want to read, and pages cannot take that back.
        if (head.TryGet(bytes, "sec-fetch-site"u8, out Slice site) && !site.In(bytes).SequenceEqual("none"u8) && !site.In(bytes).SequenceEqual("same-origin"u8))
            return false;
        return !head.TryGet(bytes, "accept-language"u8, out _) || HasAddress(head, bytes, out _);
    }

    private static bool IsOfHost(ReadOnlySpan<byte> origin, RequestHead head, ReadOnlySpan<byte> bytes)
    {
        int scheme = origin.StartsWith("https://"u8) ? "https://"u8.Length : origin.StartsWith("http://"u8) ? "http://"u8.Length : 0;
        return scheme > 0 && HasAddress(head, bytes, out ReadOnlySpan<byte> host) && Ascii.EqualsIgnoreCase(origin[scheme..], host);
    }

    private static bool HasAddress(RequestHead head, ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> host)
    {
        host = head.TryGet(bytes, "host"u8, out Slice slice) ? slice.In(bytes) : default;
        return AddressLiterals.Contains(Encoding.ASCII.GetString(host));
    }
}
