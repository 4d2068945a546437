namespace Keker.Protocol.WebSocket;

/// <summary>The 101 response that ends the opening handshake (RFC 6455 4.2.2 item 5). Stateless, thread-safe.</summary>
public static class UpgradeResponse
{
    private static ReadOnlySpan<byte> Head =>
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "u8;

    private static ReadOnlySpan<byte> Protocol => "\r\nSec-WebSocket-Protocol: "u8;

    private static ReadOnlySpan<byte> Extensions => "\r\nSec-WebSocket-Extensions: "u8;

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Bytes that <see cref="Write"/> writes for values of these many bytes; a length of 0 leaves the header out.</summary>
    public static int Length(int subProtocolLength, int extensionsLength) =>
        Head.Length + AcceptKey.AcceptLength + End.Length
        + (subProtocolLength == 0 ? 0 : Protocol.Length + subProtocolLength)
        + (extensionsLength == 0 ? 0 : Extensions.Length + extensionsLength);

    /// <summary>Writes the response.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="key24">The 24 bytes of the client's Sec-WebSocket-Key.</param>
    /// <param name="subProtocol">The one sub-protocol chosen from the client's offer, a constant of the server; empty for none.</param>
    /// <param name="extensions">The accepted extensions with their parameters, constants of the server; empty for none.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The key is not 24 bytes, or the destination is too short.</exception>
    public static int Write(
        Span<byte> destination, ReadOnlySpan<byte> key24, ReadOnlySpan<byte> subProtocol = default, ReadOnlySpan<byte> extensions = default)
    {
        int length = Length(subProtocol.Length, extensions.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));

        Span<byte> rest = Append(destination, Head);
        AcceptKey.Write(key24, rest);
        rest = rest[AcceptKey.AcceptLength..];
        if (!subProtocol.IsEmpty) rest = Append(Append(rest, Protocol), subProtocol);
        if (!extensions.IsEmpty) rest = Append(Append(rest, Extensions), extensions);
        Append(rest, End);
        return length;
    }

    private static Span<byte> Append(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination);
        return destination[text.Length..];
    }
}
