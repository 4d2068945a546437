namespace Keker.Protocol.Commands;

/// <summary>
/// The first message of a client: <c>"HELLO" 1*SP AUTH_INFO</c>, nothing before it and nothing after, not even a space;
/// case matters. Stateless, thread-safe.
/// </summary>
public static class HelloCommand
{
    private static ReadOnlySpan<byte> Word => "HELLO"u8;

    /// <summary>Parses a whole text message. It need not be valid UTF-8.</summary>
    /// <param name="message">The payload of the message.</param>
    /// <param name="token">AUTH_INFO, a part of <paramref name="message"/>; empty unless the answer is Ok.</param>
    public static HelloStatus Parse(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> token)
    {
        token = default;
        if (!message.StartsWith(Word)) return HelloStatus.Malformed;

        ReadOnlySpan<byte> rest = message[Word.Length..];
        ReadOnlySpan<byte> word = rest.TrimStart((byte)' ');
        if (word.Length == rest.Length || !AuthInfo.IsValid(word)) return HelloStatus.Malformed;

        token = word;
        return HelloStatus.Ok;
    }
}
