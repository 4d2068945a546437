namespace Keker.Protocol.Commands;

/// <summary>
/// <c>OK SUBSCRIBE &lt;topic&gt; &lt;id&gt;</c>: the answer to SUBSCRIBE in tagged mode, a text message of its own. Messages behind the
/// id follow. Stateless, thread-safe.
/// </summary>
public static class SubscribedLine
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLength = 13 + AuthInfo.MaxLength + 1 + MessageId.MaxLength;

    private static ReadOnlySpan<byte> Words => "OK SUBSCRIBE "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="topicLength">Bytes of the topic's name.</param>
    /// <param name="id">The position from which the client is served.</param>
    public static int Length(int topicLength, MessageId id) => Words.Length + topicLength + 1 + id.Length;

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="topic">The topic's name.</param>
    /// <param name="id">The position from which the client is served.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> topic, MessageId id)
    {
        LineWriter line = new(destination);
        line.Append(Words);
        line.Append(topic);
        line.AppendSpace();
        line.Append(id);
        return line.Length;
    }
}
