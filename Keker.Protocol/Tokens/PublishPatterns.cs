namespace Keker.Protocol.Tokens;

/// <summary>
/// Whom a publisher may publish to: <c>token:alice</c>, <c>topic:match-*</c>, <c>broadcast</c>. Immutable, thread-safe.
/// </summary>
public sealed class PublishPatterns
{
    /// <summary>Bytes that stand before a name at the most.</summary>
    public const int MaxKindLength = 6;

    private readonly NamePatterns _tokens;
    private readonly NamePatterns _topics;

    private PublishPatterns(List<byte[]> tokens, List<byte[]> topics, bool broadcast)
    {
        _tokens = new NamePatterns(tokens, []);
        _topics = new NamePatterns(topics, []);
        AllowsBroadcast = broadcast;
    }

    /// <summary>Allows nothing.</summary>
    public static PublishPatterns None { get; } = new([], [], broadcast: false);

    /// <summary>Bytes of memory that it keeps.</summary>
    public int HeldBytes => _tokens.HeldBytes + _topics.HeldBytes;

    /// <summary>Whether it may broadcast.</summary>
    public bool AllowsBroadcast { get; }

    /// <summary>Whether it may publish to a token or a topic.</summary>
    public bool Allows(ReadOnlySpan<byte> name, bool isTopic) => (isTopic ? _topics : _tokens).Matches(name);

    /// <summary>Reads the patterns.</summary>
    /// <param name="patterns">As they are in the claim.</param>
    /// <returns>Null when one of them is none.</returns>
    public static PublishPatterns? Of(IReadOnlyCollection<byte[]> patterns)
    {
        List<byte[]> tokens = [];
        List<byte[]> topics = [];
        bool broadcast = false;
        foreach (byte[] pattern in patterns)
        {
            if (pattern.AsSpan().SequenceEqual("broadcast"u8))
                broadcast = true;
            else if (!TryAdd(pattern, "token:"u8, tokens) && !TryAdd(pattern, "topic:"u8, topics))
                return null;
        }
        return new PublishPatterns(tokens, topics, broadcast);
    }

    private static bool TryAdd(byte[] pattern, ReadOnlySpan<byte> kind, List<byte[]> names)
    {
        ReadOnlySpan<byte> name = pattern.AsSpan().StartsWith(kind) ? pattern.AsSpan(kind.Length) : default;
        if (!NamePatterns.IsValid(name))
            return false;
        names.Add(name.ToArray());
        return true;
    }
}
