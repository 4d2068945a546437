namespace Keker.Protocol.Http;

/// <summary>What to answer for each <see cref="HttpFailure"/>.</summary>
public static class HttpFailures
{
    /// <summary>The status code.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="failure"/> is <see cref="HttpFailure.None"/>.</exception>
    public static int Status(this HttpFailure failure) => failure switch
    {
        HttpFailure.None => throw new ArgumentOutOfRangeException(nameof(failure)),
        HttpFailure.LengthRequired => 411,
        HttpFailure.BodyTooLarge => 413,
        HttpFailure.RequestLineTooLong => 414,
        HttpFailure.HeaderBlockTooLarge or HttpFailure.TooManyHeaders => 431,
        HttpFailure.MethodTooLong or HttpFailure.UnknownMethod or HttpFailure.UnknownTransferCoding => 501,
        HttpFailure.UnsupportedVersion => 505,
        _ => 400,
    };

    /// <summary>What is wrong and what to do, in ASCII that needs no JSON escaping. Never holds a byte of the request.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="failure"/> is <see cref="HttpFailure.None"/> or no member.</exception>
    public static ReadOnlySpan<byte> Message(this HttpFailure failure) => failure switch
    {
        HttpFailure.BadMethod => "not an HTTP request: send a method, a path and HTTP/1.1 (and no TLS on the plain port)"u8,
        HttpFailure.MethodTooLong or HttpFailure.UnknownMethod => "unknown method: use GET, PUT or POST"u8,
        HttpFailure.ConnectRefused => "this server is no proxy: use GET, PUT or POST"u8,
        HttpFailure.BadTarget => "bad request target: send an absolute path, percent-encoded, between single spaces"u8,
        HttpFailure.BadVersion => "bad protocol version: end the request line with HTTP/1.1"u8,
        HttpFailure.UnsupportedVersion => "protocol version not supported: use HTTP/1.1"u8,
        HttpFailure.RequestLineTooLong => "request line too long: keep it within 8192 bytes"u8,
        HttpFailure.BareLineFeed => "line feed without carriage return: end every line with CR LF"u8,
        HttpFailure.BareCarriageReturn => "carriage return without line feed: end every line with CR LF"u8,
        HttpFailure.ObsoleteFold => "a header line starts with white space: send each header on one line"u8,
        HttpFailure.BadFieldName => "bad header name: use letters, digits and hyphens"u8,
        HttpFailure.SpaceBeforeColon => "white space in a header name: put the colon right after the name"u8,
        HttpFailure.MissingColon => "a header line has no colon: send name: value"u8,
        HttpFailure.BadFieldValue => "control byte in a header value: remove or encode it"u8,
        HttpFailure.HeaderBlockTooLarge => "headers too large: keep them within 16384 bytes"u8,
        HttpFailure.TooManyHeaders => "too many headers: send at most 64"u8,
        HttpFailure.MissingHost => "no Host header: HTTP/1.1 needs one"u8,
        HttpFailure.RepeatedHost => "more than one Host header: send one"u8,
        HttpFailure.BadHost => "bad Host header: send host or host:port"u8,
        HttpFailure.BadConnection => "bad Connection header: send a list of names"u8,
        HttpFailure.BadContentLength => "bad Content-Length: send decimal digits only"u8,
        HttpFailure.RepeatedContentLength => "more than one Content-Length: send one"u8,
        HttpFailure.BadTransferEncoding => "bad Transfer-Encoding: send chunked, or Content-Length instead"u8,
        HttpFailure.RepeatedTransferEncoding => "more than one Transfer-Encoding: send one"u8,
        HttpFailure.TransferEncodingInHttp10 => "HTTP/1.0 has no Transfer-Encoding: send Content-Length"u8,
        HttpFailure.UnknownTransferCoding => "unknown transfer coding: send chunked, or Content-Length instead"u8,
        HttpFailure.LengthAndTransferEncoding => "Content-Length and Transfer-Encoding in one request: send one of them"u8,
        HttpFailure.LengthRequired => "no Content-Length: HTTP/1.0 needs one with PUT and POST"u8,
        HttpFailure.BadChunkSize => "bad chunk size: send 1 to 8 hexadecimal digits"u8,
        HttpFailure.BadChunkExtension => "bad chunk extension: send none"u8,
        HttpFailure.ChunkExtensionsTooLong => "chunk extensions too long: send none"u8,
        HttpFailure.BadChunkEnd => "chunk data longer than its size, or not followed by CR LF"u8,
        HttpFailure.TooManyChunks => "too many small chunks: send larger ones, or Content-Length"u8,
        HttpFailure.BodyTooLarge => "body too large: send less, or raise --write-buffer"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };
}
