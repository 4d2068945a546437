namespace Keker.Server.Broker;

/// <summary>One cached publication: where it is and when it expires. The links belong to the <see cref="CacheLedger"/>.</summary>
internal sealed class CacheEntry(Topic topic, Publication publication, long offset, long expiresAt)
{
    public Topic Topic { get; } = topic;

    public Publication Publication { get; } = publication;

    public long Offset { get; } = offset;

    /// <summary>Milliseconds of <see cref="Observability.MonotonicClock"/>.</summary>
    public long ExpiresAt { get; } = expiresAt;

    public LinkedListNode<CacheEntry>? Node { get; set; }
}
