namespace Keker.Protocol.Commands;

/// <summary>
/// <c>WELCOME &lt;session&gt;</c>: the answer to HELLO in tagged mode, a text message of its own. The session is a number in lower-case
/// hexadecimal. Stateless, thread-safe.
/// </summary>
public static class WelcomeLine
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLength = 24;

    private static ReadOnlySpan<byte> Word => "WELCOME "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public static int Length(ulong session) => Word.Length + MessageId.HexDigits(session);

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="session">The session's number.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ulong session)
    {
        LineWriter line = new(destination);
        line.Append(Word);
        line.AppendHex(session);
        return line.Length;
    }
}
