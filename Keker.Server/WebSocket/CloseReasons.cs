namespace Keker.Server.WebSocket;

/// <summary>Reasons in Close frames that more than one type gives, or that a peer's message has. At most 123 bytes each.</summary>
internal static class CloseReasons
{
    private const int MostBytes = 123;

    /// <summary>With 1009.</summary>
    public static ReadOnlyMemory<byte> TooBig { get; } = "message too big"u8.ToArray();

    /// <summary>With 1007.</summary>
    public static ReadOnlyMemory<byte> NotDeflated { get; } = "compressed data is invalid"u8.ToArray();

    /// <summary>With 1007.</summary>
    public static ReadOnlyMemory<byte> NotUtf8 { get; } = "text is not UTF-8"u8.ToArray();

    /// <summary>With 1008.</summary>
    public static ReadOnlyMemory<byte> TooLong { get; } = "a message took too long: send it at once"u8.ToArray();

    /// <summary>With 4403.</summary>
    public static ReadOnlyMemory<byte> LoggedOut { get; } = "logged out"u8.ToArray();

    /// <summary>With 1013.</summary>
    public static ReadOnlyMemory<byte> NoMemory { get; } = "the server is short of memory: reconnect after a random delay"u8.ToArray();

    /// <summary>With 4401: the log says why, a client is told no more than that.</summary>
    public static ReadOnlyMemory<byte> BadToken { get; } = "the token is not valid: get a fresh one"u8.ToArray();

    /// <summary>With 4401.</summary>
    public static ReadOnlyMemory<byte> Expired { get; } = "the token has expired: get a fresh one"u8.ToArray();

    /// <summary>With 1013.</summary>
    public static ReadOnlyMemory<byte> Undecided { get; } = "it cannot be checked now who you are: reconnect after a random delay"u8.ToArray();

    /// <summary>With 4403.</summary>
    /// <param name="topic">Its name, of which as many whole characters are told as there is room for.</param>
    public static ReadOnlyMemory<byte> NotAllowed(ReadOnlySpan<byte> topic)
    {
        ReadOnlySpan<byte> why = "not allowed: "u8;
        int length = Math.Min(topic.Length, MostBytes - why.Length);
        while (length < topic.Length && (topic[length] & 0xC0) == 0x80)
            length--;
        return (byte[])[.. why, .. topic[..length]];
    }
}
