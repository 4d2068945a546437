namespace Keker.Protocol.Http;

/// <summary>
/// Why a request is refused, one member per reason, so that refusals can be counted. All are terminal for the connection.
/// <see cref="HttpFailures"/> gives the status and the message of each.
/// </summary>
public enum HttpFailure : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The first bytes are no method: binary data, TLS on the plain port, a stray line end.</summary>
    BadMethod,

    /// <summary>The method has more than <see cref="HttpLimits.MaxMethod"/> bytes.</summary>
    MethodTooLong,

    /// <summary>The method is well-formed and not known.</summary>
    UnknownMethod,

    /// <summary>CONNECT: this server is no tunnel.</summary>
    ConnectRefused,

    /// <summary>The request target is empty, has a byte outside visible ASCII, or a form that does not fit the method.</summary>
    BadTarget,

    /// <summary>The version is not <c>HTTP/1.x</c>, or something follows it.</summary>
    BadVersion,

    /// <summary>The version is well-formed with a major number of 2 or more.</summary>
    UnsupportedVersion,

    /// <summary>The request line is longer than <see cref="HttpLimits.MaxRequestLine"/>.</summary>
    RequestLineTooLong,

    /// <summary>LF without CR.</summary>
    BareLineFeed,

    /// <summary>CR without LF.</summary>
    BareCarriageReturn,

    /// <summary>A field line starts with white space: an obsolete line folding, or space before the first field.</summary>
    ObsoleteFold,

    /// <summary>A field name is empty or has a byte that is no tchar.</summary>
    BadFieldName,

    /// <summary>White space in or after a field name.</summary>
    SpaceBeforeColon,

    /// <summary>A field line without colon.</summary>
    MissingColon,

    /// <summary>A control byte in a field value.</summary>
    BadFieldValue,

    /// <summary>The field lines, trailers included, are over <see cref="HttpLimits.MaxHeaderBlock"/>.</summary>
    HeaderBlockTooLarge,

    /// <summary>There are more than <see cref="HttpLimits.MaxHeaders"/> fields, trailers included.</summary>
    TooManyHeaders,

    /// <summary>HTTP/1.1 without Host.</summary>
    MissingHost,

    /// <summary>More than one Host field.</summary>
    RepeatedHost,

    /// <summary>Host is no <c>host[:port]</c>.</summary>
    BadHost,

    /// <summary>Connection is no list of tokens.</summary>
    BadConnection,

    /// <summary>Content-Length is not digits only, or over 2^63 - 1.</summary>
    BadContentLength,

    /// <summary>More than one Content-Length field, be the values equal or not.</summary>
    RepeatedContentLength,

    /// <summary>Transfer-Encoding is not a list of codings that ends in one <c>chunked</c>.</summary>
    BadTransferEncoding,

    /// <summary>More than one Transfer-Encoding field.</summary>
    RepeatedTransferEncoding,

    /// <summary>Transfer-Encoding in HTTP/1.0.</summary>
    TransferEncodingInHttp10,

    /// <summary>A well-formed transfer coding other than <c>chunked</c>.</summary>
    UnknownTransferCoding,

    /// <summary>Both Content-Length and Transfer-Encoding.</summary>
    LengthAndTransferEncoding,

    /// <summary>PUT or POST in HTTP/1.0 without Content-Length.</summary>
    LengthRequired,

    /// <summary>A chunk size is not 1 to <see cref="HttpLimits.MaxChunkSizeDigits"/> hexadecimal digits.</summary>
    BadChunkSize,

    /// <summary>A chunk extension breaks the grammar.</summary>
    BadChunkExtension,

    /// <summary>The chunk extensions of the body are over <see cref="HttpLimits.MaxChunkExtensionBytes"/>.</summary>
    ChunkExtensionsTooLong,

    /// <summary>Chunk data is not followed by CRLF.</summary>
    BadChunkEnd,

    /// <summary>More chunks than <see cref="HttpLimits.MaxChunks"/>.</summary>
    TooManyChunks,

    /// <summary>The body is over the limit given to the decoder.</summary>
    BodyTooLarge,
}
