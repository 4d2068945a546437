namespace Keker.Protocol.Http;

/// <summary>What a response says about the connection (RFC 9112, section 9.3).</summary>
public enum ConnectionHeader : byte
{
    /// <summary>Nothing: the default of HTTP/1.1, the connection goes on.</summary>
    None,

    /// <summary><c>close</c>: this is the last response.</summary>
    Close,

    /// <summary><c>keep-alive</c>: the answer to an HTTP/1.0 client that asked for it.</summary>
    KeepAlive,
}
