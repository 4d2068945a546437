namespace Keker.Protocol.Http;

/// <summary>How the body of a request is framed (RFC 9112, section 6).</summary>
public enum BodyKind : byte
{
    /// <summary>No body byte follows the head: neither framing field was sent, or <c>Content-Length: 0</c>.</summary>
    None,

    /// <summary><see cref="RequestHead.ContentLength"/> bytes follow, at least one.</summary>
    Length,

    /// <summary>A chunked body follows; read it with <see cref="ChunkedDecoder"/>.</summary>
    Chunked,
}
