namespace Keker.Protocol.WebSocket;

/// <summary>Status codes of the Close frame (RFC 6455 7.4 and the IANA registry). Stateless, thread-safe.</summary>
public static class CloseCode
{
    /// <summary>The purpose of the connection is fulfilled.</summary>
    public const ushort Normal = 1000;

    /// <summary>The server drains, or the browser leaves the page.</summary>
    public const ushort GoingAway = 1001;

    /// <summary>The peer broke the framing rules.</summary>
    public const ushort ProtocolError = 1002;

    /// <summary>The peer sent a kind of message that is not accepted, such as binary.</summary>
    public const ushort UnsupportedData = 1003;

    /// <summary>Stands for a Close frame without a code; never on the wire (RFC 6455 7.4.1).</summary>
    public const ushort NoStatus = 1005;

    /// <summary>Text or a close reason that is not UTF-8.</summary>
    public const ushort InvalidPayload = 1007;

    /// <summary>The peer broke a rule of this server.</summary>
    public const ushort PolicyViolation = 1008;

    /// <summary>The message is larger than the limit.</summary>
    public const ushort MessageTooBig = 1009;

    /// <summary>The server failed.</summary>
    public const ushort InternalError = 1011;

    /// <summary>The server cannot keep this connection now; the client may come back.</summary>
    public const ushort TryAgainLater = 1013;

    /// <summary>The token of the client is not valid, or no longer: it takes a fresh one.</summary>
    public const ushort Unauthorized = 4401;

    /// <summary>The client may not do this: it is not to try again.</summary>
    public const ushort Forbidden = 4403;

    /// <summary>
    /// Whether a Close frame may carry <paramref name="code"/>: the registered 1000-1003 and 1007-1014, and
    /// 3000-4999 for libraries and applications (RFC 6455 7.4.2).
    /// </summary>
    public static bool IsValidOnWire(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
