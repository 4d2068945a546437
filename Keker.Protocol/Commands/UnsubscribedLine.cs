namespace Keker.Protocol.Commands;

/// <summary>
/// <c>OK UNSUBSCRIBE &lt;topic&gt;</c>: the answer to UNSUBSCRIBE in tagged mode, a text message of its own. Stateless, thread-safe.
/// </summary>
public static class UnsubscribedLine
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLength = 15 + AuthInfo.MaxLength;

    private static ReadOnlySpan<byte> Words => "OK UNSUBSCRIBE "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="topicLength">Bytes of the topic's name.</param>
    public static int Length(int topicLength) => Words.Length + topicLength;

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="topic">The topic's name.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> topic)
    {
        LineWriter line = new(destination);
        line.Append(Words);
        line.Append(topic);
        return line.Length;
    }
}
