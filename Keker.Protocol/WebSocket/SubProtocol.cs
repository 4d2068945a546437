using Keker.Protocol.Http;

namespace Keker.Protocol.WebSocket;

/// <summary>The choice of a sub-protocol from the client's offer (RFC 6455 1.9, 4.2.2 item 5). Stateless, thread-safe.</summary>
public static class SubProtocol
{
    /// <summary>The one sub-protocol there is: messages with a head line, exact resumption.</summary>
    public static ReadOnlySpan<byte> Tagged => "keker.v2"u8;

    /// <summary>
    /// <see cref="Tagged"/> if any element of any line of the offer is exactly that, case included (browsers compare the answer with their
    /// offer that way); else empty, and the answer names no sub-protocol.
    /// </summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    public static ReadOnlySpan<byte> Choose(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        foreach (Slice line in HandshakeRequest.Protocols(head, bytes))
            foreach (ReadOnlySpan<byte> offered in new ListElements(line.In(bytes)))
                if (offered.SequenceEqual(Tagged)) return Tagged;

        return default;
    }
}
