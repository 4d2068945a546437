using System.Buffers;

namespace Keker.Protocol.Http;

/// <summary>
/// Writes the answer to one line of a batch as one line, <c>{"status":N,"message":string,"data":any} LF</c>: status, message and data are
/// those of the answer to the same message published alone. Allocates nothing itself; thread-safe as far as the output is.
/// </summary>
public static class BatchAnswers
{
    /// <summary>The media type of the whole answer.</summary>
    public static ReadOnlySpan<byte> ContentType => "application/x-ndjson"u8;

    /// <summary>Writes a line with a message and no data: a mistake in the line, or a refusal.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="status">A status code, 100 to 999.</param>
    /// <param name="message">UTF-8; escaped here.</param>
    public static void WriteMessage(IBufferWriter<byte> output, int status, ReadOnlySpan<byte> message)
    {
        SpanWriter line = Begin(output, status, message.Length);
        AnswerMembers.AppendMessage(ref line, message, "null"u8);
        End(output, ref line);
    }

    /// <summary>Writes the line for <see cref="JsonAnswers.WritePublished"/>, status 200.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="sessions">Sessions that get the message, 0 or more.</param>
    /// <param name="cached">Absent recipients for whom it was cached, 0 or more.</param>
    public static void WritePublished(IBufferWriter<byte> output, long sessions, long cached)
    {
        SpanWriter line = Begin(output, 200, 0);
        AnswerMembers.AppendPublished(ref line, sessions, cached);
        End(output, ref line);
    }

    /// <summary>Writes the line for <see cref="JsonAnswers.WriteRecipientNotFound"/>, status 404.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="addressee">Who is named.</param>
    /// <param name="name">The token or the name of the topic, UTF-8; escaped here.</param>
    /// <param name="cached">Recipients for whom the message was cached, 0 or more.</param>
    public static void WriteRecipientNotFound(IBufferWriter<byte> output, Addressee addressee, ReadOnlySpan<byte> name, long cached)
    {
        SpanWriter line = Begin(output, 404, name.Length);
        AnswerMembers.AppendNotFound(ref line, addressee, name, cached);
        End(output, ref line);
    }

    /// <summary>Writes the line for <see cref="JsonAnswers.WriteStored"/>, status 202.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="addressee">Who is named.</param>
    /// <param name="name">The token or the name of the topic, UTF-8; escaped here.</param>
    /// <param name="cached">Recipients for whom the message was cached, 0 or more.</param>
    public static void WriteStored(IBufferWriter<byte> output, Addressee addressee, ReadOnlySpan<byte> name, long cached)
    {
        SpanWriter line = Begin(output, 202, name.Length);
        AnswerMembers.AppendStored(ref line, addressee, name, cached);
        End(output, ref line);
    }

    private static SpanWriter Begin(IBufferWriter<byte> output, int status, int variableLength)
    {
        ReadOnlySpan<byte> start = "{\"status\":"u8;
        int most = start.Length + SpanWriter.MaxNumberLength + AnswerMembers.MaxLength(variableLength) + ",}\n".Length;
        SpanWriter line = new(output.GetSpan(most));
        line.Append(start);
        line.Append(status);
        line.Append(","u8);
        return line;
    }

    private static void End(IBufferWriter<byte> output, ref SpanWriter line)
    {
        line.Append("}\n"u8);
        output.Advance(line.Length);
    }
}
