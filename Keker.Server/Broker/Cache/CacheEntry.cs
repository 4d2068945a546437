using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Cache;

/// <summary>One message that waits for an absent recipient, or that is kept for newcomers of its topic.</summary>
/// <param name="topic">Its topic.</param>
/// <param name="offset">Where in the topic's log.</param>
/// <param name="publication">The message.</param>
/// <param name="expiresAt">When its time is up, in milliseconds of <see cref="Observability.MonotonicClock"/>.</param>
/// <param name="collapseKey">A later message with this key replaces it; null for none.</param>
/// <param name="isKept">Whether it is kept for newcomers.</param>
internal sealed class CacheEntry(Topic topic, long offset, Publication publication, long expiresAt, byte[]? collapseKey, bool isKept = false)
{
    public Topic Topic { get; } = topic;

    public long Offset { get; } = offset;

    public Publication Publication { get; } = publication;

    public long ExpiresAt { get; } = expiresAt;

    public byte[]? CollapseKey { get; } = collapseKey;

    /// <summary>True where it is kept for newcomers, false where it waits.</summary>
    public bool IsKept { get; } = isKept;

    /// <summary>The list that it is in, and the entries before and after it there; null once it was let go of. The <see cref="EntryList"/>'s.</summary>
    public EntryList? List { get; set; }

    /// <inheritdoc cref="List"/>
    public CacheEntry? Older { get; set; }

    /// <inheritdoc cref="List"/>
    public CacheEntry? Newer { get; set; }

    /// <summary>Its place in the <see cref="CacheLedger"/>; null once that has forgotten it.</summary>
    public LinkedListNode<CacheEntry>? Node { get; set; }

    /// <summary>Its number in the order of acceptance; the ledger's.</summary>
    public long Number { get; set; }

    /// <summary>Its index in the ledger's <see cref="ExpiryHeap"/>.</summary>
    public int HeapIndex { get; set; }
}
