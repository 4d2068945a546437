namespace Keker.Protocol.Commands;

/// <summary>
/// <c>MSG &lt;id&gt; &lt;topic&gt; LF</c>: the line before the payload of a message in tagged mode, in the same WebSocket message, which is
/// text or binary as the payload is. Stateless, thread-safe.
/// </summary>
public static class MessageLine
{
    /// <summary>Longest line in bytes, LF included.</summary>
    public const int MaxLength = 4 + MessageId.MaxLength + 1 + AuthInfo.MaxLength + 1;

    private static ReadOnlySpan<byte> Word => "MSG "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="id">The message's id.</param>
    /// <param name="topicLength">Bytes of the topic's name.</param>
    public static int Length(MessageId id, int topicLength) => Word.Length + id.Length + 1 + topicLength + 1;

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="topic">The topic's name, <see cref="TopicName.OwnToken"/> or <see cref="TopicName.Broadcast"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, MessageId id, ReadOnlySpan<byte> topic)
    {
        LineWriter line = new(destination);
        line.Append(Word);
        line.Append(id);
        line.AppendSpace();
        line.Append(topic);
        line.AppendLineFeed();
        return line.Length;
    }
}
