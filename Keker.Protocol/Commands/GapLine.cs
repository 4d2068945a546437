namespace Keker.Protocol.Commands;

/// <summary>
/// <c>GAP &lt;topic&gt; &lt;from-id&gt; &lt;to-id&gt;</c>: messages that the client has missed for good, a text message of its own.
/// Stateless, thread-safe.
/// </summary>
public static class GapLine
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLength = 4 + AuthInfo.MaxLength + 2 * (1 + MessageId.MaxLength);

    private static ReadOnlySpan<byte> Word => "GAP "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="topicLength">Bytes of the topic's name.</param>
    /// <param name="from">Where the gap begins.</param>
    /// <param name="to">Where it ends; of another epoch if the log began anew.</param>
    public static int Length(int topicLength, MessageId from, MessageId to) => Word.Length + topicLength + 1 + from.Length + 1 + to.Length;

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="topic">The topic's name, <see cref="TopicName.OwnToken"/> or <see cref="TopicName.Broadcast"/>.</param>
    /// <param name="from">Where the gap begins.</param>
    /// <param name="to">Where it ends; of another epoch if the log began anew.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> topic, MessageId from, MessageId to)
    {
        LineWriter line = new(destination);
        line.Append(Word);
        line.Append(topic);
        line.AppendSpace();
        line.Append(from);
        line.AppendSpace();
        line.Append(to);
        return line.Length;
    }
}
