namespace Keker.Protocol.WebSocket;

/// <summary>The frame types of RFC 6455 5.2; the values are those on the wire. 3-7 and 11-15 are reserved.</summary>
public enum OpCode : byte
{
    /// <summary>A further fragment of the message that is open.</summary>
    Continuation = 0,

    /// <summary>First frame of a message of UTF-8 text.</summary>
    Text = 1,

    /// <summary>First frame of a message of arbitrary bytes.</summary>
    Binary = 2,

    /// <summary>Control frame: the end of the connection, with an optional code and reason (RFC 6455 5.5.1).</summary>
    Close = 8,

    /// <summary>Control frame that the peer answers with a pong (RFC 6455 5.5.2).</summary>
    Ping = 9,

    /// <summary>Control frame that answers a ping with the same payload (RFC 6455 5.5.3).</summary>
    Pong = 10,
}
