using Keker.Protocol.Tokens;

namespace Keker.Server.Access;

/// <summary>Who somebody is, and what it may. Immutable.</summary>
internal sealed class Grant
{
    /// <summary>Where there is no end.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Objects, and a place in a table.</summary>
    private const int OwnBytes = 256;

    private const int ArrayBytes = 32;

    /// <summary>The token that publishers name; empty for a publisher that has none.</summary>
    public required byte[] Token { get; init; }

    /// <summary>The second since 1970 at which it is over.</summary>
    public required long EndsAt { get; init; }

    /// <summary>Topics that are joined at HELLO.</summary>
    public IReadOnlyList<byte[]> Channels { get; init; } = [];

    /// <summary>Topics that may be asked for, the channels among them.</summary>
    public NamePatterns Topics { get; init; } = NamePatterns.None;

    /// <summary>Whom it may publish to.</summary>
    public PublishPatterns Publish { get; init; } = PublishPatterns.None;

    /// <summary>Bytes of memory that it keeps, near enough.</summary>
    public int HeldBytes => OwnBytes + Token.Length + Channels.Sum(static channel => ArrayBytes + channel.Length) + Topics.HeldBytes + Publish.HeldBytes;

    /// <summary>The topics that names and patterns allow.</summary>
    public static NamePatterns TopicsOf(IReadOnlyList<byte[]> channels, IReadOnlyList<byte[]> patterns) =>
        channels.Count + patterns.Count == 0 ? NamePatterns.None : new NamePatterns(patterns, channels);
}
