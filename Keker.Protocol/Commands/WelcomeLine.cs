namespace Keker.Protocol.Commands;

/// <summary>
/// <c>WELCOME &lt;session&gt; &lt;id&gt;</c>: the answer to HELLO in tagged mode, a text message of its own. The session is a number in lower-case
/// hexadecimal. Messages of the client's own token behind the id follow; who has got none can resume from it. Stateless, thread-safe.
/// </summary>
public static class WelcomeLine
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLength = 24 + 1 + MessageId.MaxLength;

    private static ReadOnlySpan<byte> Word => "WELCOME "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="session">The session's number.</param>
    /// <param name="id">The position from which the client is served.</param>
    public static int Length(ulong session, MessageId id) => Word.Length + MessageId.HexDigits(session) + 1 + id.Length;

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="session">The session's number.</param>
    /// <param name="id">The position from which the client is served.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ulong session, MessageId id)
    {
        LineWriter line = new(destination);
        line.Append(Word);
        line.AppendHex(session);
        line.AppendSpace();
        line.Append(id);
        return line.Length;
    }
}
