namespace Keker.Server.Broker.Topics;

/// <summary>What a topic has for each token of its sessions. The topic of a token has sessions of that token only: it has one in all, which stays.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it. A mutable struct: keep it in a field.</remarks>
/// <param name="kind">The kind of the topic.</param>
internal struct ByToken<T>(TopicKind kind)
    where T : class, new()
{
    private readonly Dictionary<byte[], T>? _byToken = kind == TopicKind.Token ? null : new(TokenComparer.Instance);
    private T? _only;

    public readonly T? Find(byte[] token) => _byToken is null ? _only : _byToken.GetValueOrDefault(token);

    public T GetOrAdd(byte[] token)
    {
        if (Find(token) is { } known)
            return known;
        var added = new T();
        if (_byToken is null)
            _only = added;
        else
            _byToken.Add(token, added);
        return added;
    }

    /// <summary>Nothing is known of a token any more.</summary>
    public readonly void Remove(byte[] token) => _byToken?.Remove(token);
}
