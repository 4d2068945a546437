using System.Buffers;

namespace Keker.Protocol.Http;

/// <summary>
/// Writes the answers of the API, <c>{"message": string, "data": any}</c>, head and body, without allocating.
/// Thread-safe as far as the output is.
/// </summary>
public static class JsonAnswers
{
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
        Span<byte> space = Begin(output, AnswerMembers.MaxLength(message.Length, json.Length), headers, out SpanWriter body);
        AnswerMembers.AppendMessage(ref body, message, json);
        End(output, space, status, ref body, headers);
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
        Span<byte> space = Begin(output, AnswerMembers.MaxLength(0), headers, out SpanWriter body);
        AnswerMembers.AppendPublished(ref body, sessions, cached);
        End(output, space, 200, ref body, headers);
    }

    /// <summary>Writes 404, <c>{"message":"recipient TOKEN not found","data":{"sessions":0,"cached":N}}</c>, or the like for a topic or for several recipients.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="addressee">Who is named.</param>
    /// <param name="name">The token or the name of the topic, UTF-8; escaped here.</param>
    /// <param name="cached">Recipients for whom the message was cached, 0 or more.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteRecipientNotFound(
        IBufferWriter<byte> output, Addressee addressee, ReadOnlySpan<byte> name, long cached, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, AnswerMembers.MaxLength(name.Length), headers, out SpanWriter body);
        AnswerMembers.AppendNotFound(ref body, addressee, name, cached);
        End(output, space, 404, ref body, headers);
    }

    /// <summary>Writes 202, <c>{"message":"message stored for recipient TOKEN","data":{"sessions":0,"cached":N}}</c>, or the like for a topic or for several recipients.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="addressee">Who is named.</param>
    /// <param name="name">The token or the name of the topic, UTF-8; escaped here.</param>
    /// <param name="cached">Recipients for whom the message was cached, 0 or more.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteStored(IBufferWriter<byte> output, Addressee addressee, ReadOnlySpan<byte> name, long cached, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, AnswerMembers.MaxLength(name.Length), headers, out SpanWriter body);
        AnswerMembers.AppendStored(ref body, addressee, name, cached);
        End(output, space, 202, ref body, headers);
    }

    /// <summary>
    /// Writes 200 with the message <c>message received</c> if every session has confirmed, else 202 with
    /// <c>message not confirmed by all</c>; the data are the counts of the receipt.
    /// </summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="receipt">The counts, each 0 or more.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteReceipt(IBufferWriter<byte> output, in ReceiptAnswer receipt, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, AnswerMembers.MaxLength(0), headers, out SpanWriter body);
        AnswerMembers.AppendReceipt(ref body, receipt);
        End(output, space, receipt.Status, ref body, headers);
    }

    /// <summary>Writes 200, <c>{"message":"message sent to N recipients","data":{"recipients":N,"sessions":M}}</c>.</summary>
    /// <param name="output">Where the response goes.</param>
    /// <param name="recipients">Distinct tokens, 0 or more.</param>
    /// <param name="sessions">Sessions that get the message, 0 or more.</param>
    /// <param name="headers">The variable headers.</param>
    public static void WriteBroadcast(IBufferWriter<byte> output, long recipients, long sessions, in ResponseHeaders headers)
    {
        Span<byte> space = Begin(output, AnswerMembers.MaxLength(0), headers, out SpanWriter body);
        AnswerMembers.AppendBroadcast(ref body, recipients, sessions);
        End(output, space, 200, ref body, headers);
    }

    /// <summary>
    /// The head holds the length of the body, so the body is written first, behind the largest head, and moved up by <see cref="End"/>.
    /// </summary>
    private static Span<byte> Begin(IBufferWriter<byte> output, int maxMembers, in ResponseHeaders headers, out SpanWriter body)
    {
        int maxHead = ResponseWriter.MaxHead(headers);
        Span<byte> space = output.GetSpan(maxHead + maxMembers + "{}".Length);
        body = new SpanWriter(space[maxHead..]);
        body.Append("{"u8);
        return space;
    }

    private static void End(IBufferWriter<byte> output, Span<byte> space, int status, ref SpanWriter body, in ResponseHeaders headers)
    {
        body.Append("}"u8);
        SpanWriter writer = new(space);
        ResponseWriter.WriteHead(ref writer, status, body.Length, headers);
        if (!headers.OmitBody)
            writer.Append(space.Slice(ResponseWriter.MaxHead(headers), body.Length));
        output.Advance(writer.Length);
    }
}
