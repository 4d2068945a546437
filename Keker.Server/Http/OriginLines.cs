using Keker.Protocol.Http;

namespace Keker.Server.Http;

/// <summary>The field lines that let a page of another origin read an answer (WHATWG Fetch 3.2), each with its CRLF. Stateless, thread-safe.</summary>
internal static class OriginLines
{
    /// <summary>
    /// With a list of origins the answer depends on who asks (RFC 9110 12.5.5), and a page that is on it may send credentials along, as
    /// <c>new EventSource(url, { withCredentials: true })</c> does: they mean nothing here.
    /// </summary>
    /// <param name="head">The head of the request; the origin in it has been found allowed.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="anyOrigin">Whether pages of every origin may subscribe.</param>
    public static ReadOnlySpan<byte> For(RequestHead head, ReadOnlySpan<byte> bytes, bool anyOrigin)
    {
        if (anyOrigin)
            return "Access-Control-Allow-Origin: *\r\n"u8;
        if (!head.TryGet(bytes, "origin"u8, out Slice origin))
            return "Vary: Origin\r\n"u8;
        return (byte[])[.. "Vary: Origin\r\nAccess-Control-Allow-Origin: "u8, .. origin.In(bytes), .. "\r\nAccess-Control-Allow-Credentials: true\r\n"u8];
    }
}
