namespace Keker.Protocol.Commands;

/// <summary>
/// <c>PONG [&lt;word&gt;]</c>: the answer to PING in tagged mode, a text message of its own, with the word that came. A page cannot see the
/// pings of WebSocket; this it sees. Stateless, thread-safe.
/// </summary>
public static class PongLine
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLength = 5 + ClientCommand.MaxPingLength;

    private static ReadOnlySpan<byte> Word => "PONG"u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="wordLength">Bytes of the word; 0 for none.</param>
    public static int Length(int wordLength) => Word.Length + (wordLength == 0 ? 0 : 1 + wordLength);

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="word">The word; empty for none.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> word)
    {
        LineWriter line = new(destination);
        line.Append(Word);
        if (!word.IsEmpty)
        {
            line.AppendSpace();
            line.Append(word);
        }

        return line.Length;
    }
}
