using System.Text;
using Keker.Protocol.Http;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// Judges the opening handshake of a client (RFC 6455, sections 4.1 and 4.2.1) and finds its parts. The allow-list of origins, the choice of
/// sub-protocol and the extensions are the caller's. Pure and thread-safe; allocates nothing.
/// </summary>
public static class HandshakeRequest
{
    /// <summary>16 bytes in base64.</summary>
    private const int KeyLength = 24;

    /// <summary>What a request for a WebSocket route is.</summary>
    public enum Result : byte
    {
        /// <summary>A valid handshake: answer 101.</summary>
        Accept,

        /// <summary>No Upgrade lists <c>websocket</c>: 426. Any other protocol in it (h2c, say) is nothing we know, and is ignored (RFC 9110, section 7.8).</summary>
        NotWebSocket,

        /// <summary>Not GET: 405.</summary>
        BadMethod,

        /// <summary>HTTP/1.0 has no Upgrade: 400.</summary>
        Http10,

        /// <summary>A body is announced, whose bytes would be read as frames: 400.</summary>
        HasBody,

        /// <summary>Connection does not list <c>upgrade</c>: 400.</summary>
        BadConnection,

        /// <summary>No Sec-WebSocket-Version: 400.</summary>
        MissingVersion,

        /// <summary>Sec-WebSocket-Version is not one <c>13</c>: 426.</summary>
        BadVersion,

        /// <summary>Sec-WebSocket-Key is missing, repeated, or not the base64 of 16 bytes: 400.</summary>
        BadKey,

        /// <summary>More than one Origin, so that an allow-list could be asked about the wrong one: 400.</summary>
        RepeatedOrigin,
    }

    /// <summary>Judges a complete request.</summary>
    /// <param name="head">A head that was parsed to Complete.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="key">On Accept the value of Sec-WebSocket-Key, 24 bytes; else empty.</param>
    public static Result Evaluate(RequestHead head, ReadOnlySpan<byte> bytes, out Slice key)
    {
        key = default;
        if (head.Method != RequestMethod.Get)
            return Result.BadMethod;
        if (!head.IsHttp11)
            return Result.Http10;
        if (head.BodyKind != BodyKind.None)
            return Result.HasBody;
        if (!IsAskedFor(head, bytes))
            return Result.NotWebSocket;
        if (!head.ConnectionUpgrade)
            return Result.BadConnection;

        // Before the key: a client of an older draft, whose key differs, is to learn which version to use.
        if (!TryGetSingle(head, bytes, "sec-websocket-version"u8, out Slice version, out int versions))
            return versions == 0 ? Result.MissingVersion : Result.BadVersion;
        if (!version.In(bytes).SequenceEqual("13"u8))
            return Result.BadVersion;
        if (!TryGetSingle(head, bytes, "sec-websocket-key"u8, out Slice candidate, out _) || !IsKey(candidate.In(bytes)))
            return Result.BadKey;
        if (head.Count(bytes, "origin"u8) > 1)
            return Result.RepeatedOrigin;
        key = candidate;
        return Result.Accept;
    }

    /// <summary>The value of Origin (RFC 6454, section 7); false if the client, then no browser, sent none.</summary>
    /// <param name="head">A head for which <see cref="Evaluate"/> said Accept.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="origin">The value if there is one, else empty.</param>
    public static bool TryGetOrigin(RequestHead head, ReadOnlySpan<byte> bytes, out Slice origin) =>
        head.TryGet(bytes, "origin"u8, out origin);

    /// <summary>The values of all Sec-WebSocket-Protocol lines; each is a list, and all are one list (RFC 6455, section 11.3.4).</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    public static FieldValues Protocols(RequestHead head, ReadOnlySpan<byte> bytes) => head.ValuesOf(bytes, "sec-websocket-protocol"u8);

    /// <summary>The values of all Sec-WebSocket-Extensions lines; each is a list, and all are one list (RFC 6455, section 9.1).</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    public static FieldValues Extensions(RequestHead head, ReadOnlySpan<byte> bytes) => head.ValuesOf(bytes, "sec-websocket-extensions"u8);

    /// <summary>The status to answer with. 405 needs <c>Allow: GET</c>, 426 <see cref="ResponseHeaders.OfferWebSocket"/>.</summary>
    public static int Status(this Result result) => result switch
    {
        Result.Accept => 101,
        Result.BadMethod => 405,
        Result.NotWebSocket or Result.BadVersion => 426,
        _ => 400,
    };

    /// <summary>What to do about it, in ASCII.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="result"/> is Accept or no member.</exception>
    public static ReadOnlySpan<byte> Message(this Result result) => result switch
    {
        Result.NotWebSocket => "this is a WebSocket endpoint: connect with a WebSocket client, which sends Upgrade: websocket"u8,
        Result.BadMethod => "a WebSocket handshake is a GET request"u8,
        Result.Http10 => "a WebSocket handshake needs HTTP/1.1"u8,
        Result.HasBody => "a WebSocket handshake has no body: send neither Content-Length nor Transfer-Encoding"u8,
        Result.BadConnection => "bad Connection header: send Upgrade (does a proxy remove it?)"u8,
        Result.MissingVersion => "no Sec-WebSocket-Version: send 13"u8,
        Result.BadVersion => "unsupported Sec-WebSocket-Version: send 13"u8,
        Result.BadKey => "bad Sec-WebSocket-Key: send the base64 of 16 random bytes, once"u8,
        Result.RepeatedOrigin => "more than one Origin header: send one"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    /// <summary>Whether Upgrade lists <c>websocket</c>: what else is in it does not make the request another one.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    public static bool IsAskedFor(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        foreach (Slice value in head.ValuesOf(bytes, "upgrade"u8))
        {
            foreach (ReadOnlySpan<byte> protocol in new ListElements(value.In(bytes)))
            {
                if (Ascii.EqualsIgnoreCase(protocol, "websocket"u8))
                    return true;
            }
        }
        return false;
    }

    private static bool TryGetSingle(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, out Slice value, out int count)
    {
        count = head.Count(bytes, name);
        return head.TryGet(bytes, name, out value) && count == 1;
    }

    /// <summary>22 base64 characters and <c>==</c>; the last character carries two bits, and the four below them must be zero.</summary>
    private static bool IsKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyLength || !key.EndsWith("=="u8))
            return false;
        foreach (byte character in key[..^2])
        {
            if (!char.IsAsciiLetterOrDigit((char)character) && character is not ((byte)'+' or (byte)'/'))
                return false;
        }
        return key[^3] is (byte)'A' or (byte)'Q' or (byte)'g' or (byte)'w';
    }
}
