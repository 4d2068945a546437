using System.Buffers;
using System.Text.Encodings.Web;

namespace Keker.Protocol.Http;

/// <summary>
/// Writes the answers of the API, <c>{"message": string, "data": any}</c>, head and body, without allocating.
/// Thread-safe as far as the output is.
/// </summary>
public static class JsonAnswers
{
    /// <summary>JSON writes one byte as <c>\u00XX</c> at worst.</summary>
    private const int MaxEscapedLength = 6;

    /// <summary>The fixed text and the numbers of any body below.</summary>
    private const int MaxFixedBody = 160;

    /// <summary>
    /// Leaves what JSON allows as it is, so that a token reads back as it was sent; the answer is JSON with nosniff, never part of a page.
    /// </summary>
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Writes <c>{"message":MESSAGE,"data":null}</c>.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="status">A final status code this server sends, except 204.</param>
    /// <param name="message">UTF-8; escaped here.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteMessage(IBufferWriter<byte> output, int status, ReadOnlySpan<byte> message, in ResponseHeaders headers) =>
        WriteMessage(output, status, message, "null"u8, headers);

    /// <summary>Writes <c>{"message":MESSAGE,"data":DATA}</c>.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="status">A final status code this server sends, except 204.</param>
    /// <param name="message">UTF-8; escaped here.</param>
    /// <param name="json">The data, a complete JSON value; written as it is.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteMessage(
        IBufferWriter<byte> output, int status, ReadOnlySpan<byte> message, ReadOnlySpan<byte> json, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, MaxEscapedLength * message.Length + json.Length, headers, out SpanWriter body);
        body.Append("{\"message\":\""u8);
        AppendEscaped(ref body, message);
        body.Append("\",\"data\":"u8);
        body.Append(json);
        body.Append("}"u8);
        End(output, space, status, body.Length, headers);
    }

    /// <summary>Writes the answer to a refused request, with its status and message, and always <c>Connection: close</c>.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="failure">Any failure but None.</param>
    /// <param name="date">The value of Date, <see cref="HttpDate.Length"/> bytes.</param>
    public static void WriteFailure(IBufferWriter<byte> output, HttpFailure failure, ReadOnlySpan<byte> date)
    {
        ResponseHeaders headers = new() { Date = date, Connection = ConnectionHeader.Close };
        WriteMessage(output, failure.Status(), failure.Message(), headers);
    }

    /// <summary>Writes 200, <c>{"message":"message published","data":{"sessions":N,"cached":N}}</c>.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="sessions">Sessions that get the message, 0 or more.</param>
    /// <param name="cached">Absent recipients for whom it was cached, 0 or more.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WritePublished(IBufferWriter<byte> output, long sessions, long cached, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, 0, headers, out SpanWriter body);
        body.Append("{\"message\":\"message published"u8);
        AppendCounts(ref body, sessions, cached);
        End(output, space, 200, body.Length, headers);
    }

    /// <summary>Writes 404, <c>{"message":"recipient TOKEN not found","data":{"sessions":0,"cached":N}}</c>.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="token">The recipient, UTF-8; escaped here.</param>
    /// <param name="cached">Recipients for whom the message was cached, 0 or more.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteRecipientNotFound(IBufferWriter<byte> output, ReadOnlySpan<byte> token, long cached, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, MaxEscapedLength * token.Length, headers, out SpanWriter body);
        body.Append("{\"message\":\"recipient "u8);
        AppendEscaped(ref body, token);
        body.Append(" not found"u8);
        AppendCounts(ref body, 0, cached);
        End(output, space, 404, body.Length, headers);
    }

    /// <summary>Writes 200, <c>{"message":"message sent to N recipients","data":{"recipients":N,"sessions":M}}</c>.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="recipients">Distinct tokens, 0 or more.</param>
    /// <param name="sessions">Sessions that get the message, 0 or more.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteBroadcast(IBufferWriter<byte> output, long recipients, long sessions, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, 0, headers, out SpanWriter body);
        body.Append("{\"message\":\"message sent to "u8);
        body.Append(recipients);
        body.Append(" recipients\",\"data\":{\"recipients\":"u8);
        body.Append(recipients);
        body.Append(",\"sessions\":"u8);
        body.Append(sessions);
        body.Append("}}"u8);
        End(output, space, 200, body.Length, headers);
    }

    /// <summary>
    /// The head holds the length of the body, so the body is written first, behind the largest head, and moved up by <see cref="End"/>.
    /// </summary>
    private static Span<byte> Begin(IBufferWriter<byte> output, int variableLength, in ResponseHeaders headers, out SpanWriter body)
    {
        int maxHead = ResponseWriter.MaxHead(headers);
        Span<byte> space = output.GetSpan(maxHead + MaxFixedBody + variableLength);
        body = new SpanWriter(space[maxHead..]);
        return space;
    }

    private static void End(IBufferWriter<byte> output, Span<byte> space, int status, int bodyLength, in ResponseHeaders headers)
    {
        SpanWriter writer = new(space);
        ResponseWriter.WriteHead(ref writer, status, bodyLength, headers);
        if (!headers.OmitBody)
            writer.Append(space.Slice(ResponseWriter.MaxHead(headers), bodyLength));
        output.Advance(writer.Length);
    }

    private static void AppendCounts(ref SpanWriter body, long sessions, long cached)
    {
        body.Append("\",\"data\":{\"sessions\":"u8);
        body.Append(sessions);
        body.Append(",\"cached\":"u8);
        body.Append(cached);
        body.Append("}}"u8);
    }

    private static void AppendEscaped(ref SpanWriter body, ReadOnlySpan<byte> text)
    {
        Encoder.EncodeUtf8(text, body.Free, out _, out int written);
        body.Advance(written);
    }
}
