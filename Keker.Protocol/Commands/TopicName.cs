namespace Keker.Protocol.Commands;

/// <summary>
/// The name of a topic that clients subscribe to: a word as <see cref="AuthInfo"/> has it, but not one of the two that stand for something
/// else in a MSG line. Stateless, thread-safe.
/// </summary>
public static class TopicName
{
    /// <summary>Stands for the client's own token where a topic is named.</summary>
    public static ReadOnlySpan<byte> OwnToken => "-"u8;

    /// <summary>Stands for the broadcast where a topic is named.</summary>
    public static ReadOnlySpan<byte> Broadcast => "*"u8;

    /// <summary>Whether a topic may have this name. It need not be valid UTF-8.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        AuthInfo.IsValid(name) && !name.SequenceEqual(OwnToken) && !name.SequenceEqual(Broadcast);
}
