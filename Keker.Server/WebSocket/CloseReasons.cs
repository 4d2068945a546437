namespace Keker.Server.WebSocket;

/// <summary>Reasons in Close frames that more than one type gives, or that a peer's message has. At most 123 bytes each.</summary>
internal static class CloseReasons
{
    /// <summary>With 1009.</summary>
    public static ReadOnlyMemory<byte> TooBig { get; } = "message too big"u8.ToArray();

    /// <summary>With 1007.</summary>
    public static ReadOnlyMemory<byte> NotDeflated { get; } = "compressed data is invalid"u8.ToArray();

    /// <summary>With 1007.</summary>
    public static ReadOnlyMemory<byte> NotUtf8 { get; } = "text is not UTF-8"u8.ToArray();

    /// <summary>With 1008.</summary>
    public static ReadOnlyMemory<byte> TooLong { get; } = "a message took too long: send it at once"u8.ToArray();

    /// <summary>With 1013.</summary>
    public static ReadOnlyMemory<byte> NoMemory { get; } = "the server is short of memory: reconnect after a random delay"u8.ToArray();
}
