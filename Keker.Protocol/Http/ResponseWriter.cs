using System.Buffers;

namespace Keker.Protocol.Http;

/// <summary>
/// Writes whole HTTP/1.1 responses, and the heads of streamed ones. Every one has Date, <c>X-Content-Type-Options: nosniff</c> and
/// Cache-Control, all but 204 and 304 Content-Type, and all but these and streams Content-Length. Allocates nothing itself; thread-safe
/// as far as the output is.
/// </summary>
public static class ResponseWriter
{
    /// <summary>
    /// Room for every field but Content-Type, Cache-Control, Allow and further lines, which have any length. A test writes the longest head.
    /// </summary>
    private const int MaxFixedHead = 512;

    /// <summary>The interim response to <c>Expect: 100-continue</c> (RFC 9110, section 15.2.1).</summary>
    public static ReadOnlySpan<byte> Continue => "HTTP/1.1 100 Continue\r\n\r\n"u8;

    private static ReadOnlySpan<byte> JsonContentType => "application/json; charset=utf-8"u8;

    /// <summary>How the end of the body is told (RFC 9112, section 6.3).</summary>
    private enum Framing : byte
    {
        NoBody,
        Length,
        Chunked,
        UntilClose,
    }

    /// <summary>Writes a response with a body.</summary>
    /// <param name="output">Where the response goes; it is asked for one span.</param>
    /// <param name="status">A final status code this server sends, except 204.</param>
    /// <param name="body">The body as it is to be sent; JSON unless a content type is given.</param>
    /// <param name="headers">The variable headers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not one of this server's.</exception>
    public static void Write(IBufferWriter<byte> output, int status, ReadOnlySpan<byte> body, in ResponseHeaders headers)
    {
        int bodyLength = headers.OmitBody ? 0 : body.Length;
        SpanWriter writer = new(output.GetSpan(MaxHead(headers) + bodyLength));
        WriteHead(ref writer, status, body.Length, headers);
        writer.Append(body[..bodyLength]);
        output.Advance(writer.Length);
    }

    /// <summary>Writes 204 (RFC 9110, section 15.3.5), which has neither body nor Content-Length nor Content-Type.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="headers">The variable headers; a content type is left out.</param>
    public static void WriteNoContent(IBufferWriter<byte> output, in ResponseHeaders headers)
    {
        SpanWriter writer = new(output.GetSpan(MaxHead(headers)));
        WriteHead(ref writer, 204, Framing.NoBody, 0, headers);
        output.Advance(writer.Length);
    }

    /// <summary>Writes 304 (RFC 9110, section 15.4.5): what the client has kept is as it was. It has no body either.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="headers">Cache-Control and ETag as 200 would have them; a content type is left out.</param>
    public static void WriteNotModified(IBufferWriter<byte> output, in ResponseHeaders headers)
    {
        SpanWriter writer = new(output.GetSpan(MaxHead(headers)));
        WriteHead(ref writer, 304, Framing.NoBody, 0, headers);
        output.Advance(writer.Length);
    }

    /// <summary>
    /// Writes the head of a 200 response whose body follows bit by bit: chunked (see <see cref="ChunkWriter"/>), or for HTTP/1.0, which has no
    /// chunks, up to the end of the connection.
    /// </summary>
    /// <param name="output">Where the head goes.</param>
    /// <param name="chunked">Whether the client speaks HTTP/1.1; if not, Connection must be Close.</param>
    /// <param name="headers">The variable headers.</param>
    /// <exception cref="ArgumentException">A body without chunks, and the connection is to go on after it.</exception>
    public static void WriteStreamHead(IBufferWriter<byte> output, bool chunked, in ResponseHeaders headers)
    {
        if (!chunked && headers.Connection != ConnectionHeader.Close)
            throw new ArgumentException("Only the end of the connection ends a body without length and chunks.", nameof(headers));
        SpanWriter writer = new(output.GetSpan(MaxHead(headers)));
        WriteHead(ref writer, 200, chunked ? Framing.Chunked : Framing.UntilClose, 0, headers);
        output.Advance(writer.Length);
    }

    /// <summary>The most bytes <see cref="WriteHead"/> writes with these headers.</summary>
    internal static int MaxHead(in ResponseHeaders headers) => MaxFixedHead + headers.ContentType.Length + headers.CacheControl.Length + headers.Allow.Length + headers.MoreLines.Length;

    /// <summary>Writes status line and fields and the empty line.</summary>
    /// <param name="writer">Has room for <see cref="MaxHead"/> bytes.</param>
    /// <param name="status">A final status code this server sends, except 204.</param>
    /// <param name="bodyLength">Value of Content-Length.</param>
    /// <param name="headers">The variable headers.</param>
    internal static void WriteHead(ref SpanWriter writer, int status, long bodyLength, in ResponseHeaders headers) =>
        WriteHead(ref writer, status, Framing.Length, bodyLength, headers);

    private static void WriteHead(ref SpanWriter writer, int status, Framing framing, long bodyLength, in ResponseHeaders headers)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(headers.Date.Length, HttpDate.Length, nameof(headers));
        writer.Append(StatusLines.Of(status));
        writer.Append("Date: "u8);
        writer.Append(headers.Date);
        if (framing != Framing.NoBody)
        {
            writer.Append("\r\nContent-Type: "u8);
            writer.Append(headers.ContentType.IsEmpty ? JsonContentType : headers.ContentType);
        }
        if (framing == Framing.Length)
        {
            writer.Append("\r\nContent-Length: "u8);
            writer.Append(bodyLength);
        }
        else if (framing == Framing.Chunked)
        {
            writer.Append("\r\nTransfer-Encoding: chunked"u8);
        }
        writer.Append("\r\nX-Content-Type-Options: nosniff\r\nCache-Control: "u8);
        writer.Append(headers.CacheControl.IsEmpty ? "no-store"u8 : headers.CacheControl);
        writer.Append("\r\n"u8);
        writer.Append(ConnectionLines(headers.Connection, headers.OfferWebSocket));
        if (status == 401)
            writer.Append("WWW-Authenticate: Bearer\r\n"u8);
        if (!headers.Allow.IsEmpty)
        {
            writer.Append("Allow: "u8);
            writer.Append(headers.Allow);
            writer.Append("\r\n"u8);
        }
        if (headers.RetryAfterSeconds != 0)
        {
            writer.Append("Retry-After: "u8);
            writer.Append(headers.RetryAfterSeconds);
            writer.Append("\r\n"u8);
        }
        if (headers.AppliedWaitSeconds != 0)
        {
            writer.Append("Preference-Applied: wait="u8);
            writer.Append(headers.AppliedWaitSeconds);
            writer.Append("\r\n"u8);
        }
        writer.Append(headers.MoreLines);
        writer.Append("\r\n"u8);
    }

    /// <summary>Who sends Upgrade must name it in Connection (RFC 9110, section 7.8).</summary>
    private static ReadOnlySpan<byte> ConnectionLines(ConnectionHeader connection, bool offerWebSocket) => (connection, offerWebSocket) switch
    {
        (ConnectionHeader.Close, false) => "Connection: close\r\n"u8,
        (ConnectionHeader.KeepAlive, false) => "Connection: keep-alive\r\n"u8,
        (_, false) => default,
        (ConnectionHeader.Close, true) => "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"u8,
        (ConnectionHeader.KeepAlive, true) => "Connection: Upgrade, keep-alive\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"u8,
        (_, true) => "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"u8,
    };
}
