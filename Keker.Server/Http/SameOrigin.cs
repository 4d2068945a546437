using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>Whether a request comes from a page that this server served itself. Stateless, thread-safe.</summary>
internal static class SameOrigin
{
    /// <summary>
    /// Whether Origin (RFC 6454) is where the request went, and that is an address or localhost. A name is no proof: whoever owns one can let it lead here, and his page is of
    /// the same origin then (DNS rebinding).
    /// </summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    public static bool Is(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        if (!head.TryGet(bytes, "origin"u8, out Slice origin) || !head.TryGet(bytes, "host"u8, out Slice host))
            return false;
        ReadOnlySpan<byte> value = origin.In(bytes);
        int scheme = value.StartsWith("https://"u8) ? "https://"u8.Length : value.StartsWith("http://"u8) ? "http://"u8.Length : 0;
        return scheme > 0 && Ascii.EqualsIgnoreCase(value[scheme..], host.In(bytes)) && AddressLiterals.Contains(Encoding.ASCII.GetString(host.In(bytes)));
    }
}
