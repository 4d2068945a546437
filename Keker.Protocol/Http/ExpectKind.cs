namespace Keker.Protocol.Http;

/// <summary>What the client expects before it sends the body (RFC 9110, section 10.1.1).</summary>
public enum ExpectKind : byte
{
    /// <summary>Nothing, or the request is HTTP/1.0, where Expect is ignored.</summary>
    None,

    /// <summary><c>100-continue</c>.</summary>
    Continue,

    /// <summary>Anything else: answer 417.</summary>
    Unsupported,
}
