namespace Keker.Server.Broker.Log;

/// <summary>
/// The broken positions of every topic in the order in which their sessions ended, which is the order in which their time is up: what bounds them in all, and
/// what the heartbeat visits instead of all topics.
/// </summary>
/// <remarks>Thread-safe. Its lock is an innermost one: taken under a topic's lock, and nothing is called while it is held.</remarks>
/// <param name="context">Has the bounds, and counts the bytes.</param>
internal sealed class BreakLedger(BrokerContext context)
{
    /// <summary>Bytes that a position counts for: itself, its places, and its share of a topic that is there for nobody else.</summary>
    public const int PositionBytes = 768;

    private readonly Lock _lock = new();
    private readonly LinkedList<BrokenPosition> _byAge = new();
    private long _number;

    /// <summary>Positions of sessions that have ended. A hint.</summary>
    public int Count => _byAge.Count;

    /// <summary>A number that no position had.</summary>
    public long NextNumber() => Interlocked.Increment(ref _number);

    /// <summary>A session has ended.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="expiresAt">Not before those of all that are here.</param>
    public void Add(BrokenPosition position, long expiresAt)
    {
        context.RetainedMemory.Add(PositionBytes);
        lock (_lock)
        {
            // Two threads may come here in another order than they looked at the clock.
            position.ExpiresAt = Math.Max(expiresAt, _byAge.Last?.Value.ExpiresAt ?? 0);
            position.Node = _byAge.AddLast(position);
        }
    }

    /// <summary>A position has ended; nothing where it is not here.</summary>
    public void Remove(BrokenPosition position)
    {
        lock (_lock)
        {
            if (position.Node is not { } node)
                return;
            _byAge.Remove(node);
            position.Node = null;
        }
        context.RetainedMemory.Remove(PositionBytes);
    }

    /// <summary>Ends those whose time is up. Called with no lock held.</summary>
    public void DropExpired()
    {
        long now = context.Clock.Now;
        BrokenPosition? last = null;
        while (Oldest is { } position && position.ExpiresAt <= now && position != last)
        {
            last = position;
            position.Topic.EndPosition(position, isOverBound: false);
        }
    }

    /// <summary>Ends the oldest while more is kept for confirmation than may be in all. Called with no lock held.</summary>
    public void DropOverBound()
    {
        while (context.RetainedMemory.Bytes > context.Limits.CacheMemory && Oldest is { } position)
            position.Topic.EndPosition(position, isOverBound: true);
    }

    private BrokenPosition? Oldest
    {
        get { lock (_lock) return _byAge.First?.Value; }
    }
}
