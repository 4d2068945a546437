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
    private BrokenPosition? _oldest;
    private BrokenPosition? _newest;
    private long _number;
    private int _count;

    /// <summary>Positions of sessions that have ended.</summary>
    public int Count => Volatile.Read(ref _count);

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
            position.ExpiresAt = Math.Max(expiresAt, _newest?.ExpiresAt ?? 0);
            position.IsListed = true;
            position.Older = _newest;
            if (_newest is null)
                _oldest = position;
            else
                _newest.Newer = position;
            _newest = position;
            _count++;
        }
    }

    /// <summary>A position has ended; nothing where it is not here.</summary>
    public void Remove(BrokenPosition position)
    {
        lock (_lock)
        {
            if (!position.IsListed)
                return;
            position.IsListed = false;
            if (position.Older is null)
                _oldest = position.Newer;
            else
                position.Older.Newer = position.Newer;
            if (position.Newer is null)
                _newest = position.Older;
            else
                position.Newer.Older = position.Older;
            (position.Older, position.Newer) = (null, null);
            _count--;
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
        get { lock (_lock) return _oldest; }
    }
}
