namespace Keker.Server.Broker;

/// <summary>One session in one topic: a cursor into the topic's log. It holds no message.</summary>
/// <remarks>
/// <see cref="Cursor"/> and <see cref="NextPending"/> belong to the owner of the session's gate, <see cref="Index"/> to the topic's lock.
/// </remarks>
internal sealed class Subscription(Topic topic, Session session)
{
    private int _pending;

    // Before it joins it is behind nothing.
    private long _cursor = long.MaxValue;

    public Topic Topic { get; } = topic;

    public Session Session { get; } = session;

    /// <summary>Offset of the next publication to send. Others than the gate's owner read it as a hint only.</summary>
    public long Cursor
    {
        get => Volatile.Read(ref _cursor);
        set => Volatile.Write(ref _cursor, value);
    }

    /// <summary>Slot in the topic's member table.</summary>
    public int Index { get; set; }

    /// <summary>Link of the session's list of subscriptions that wait to be flushed.</summary>
    public Subscription? NextPending { get; set; }

    /// <summary>True while the subscription is in its session's list: whoever owns the session's gate will flush it up to the head.</summary>
    public bool IsPending => Volatile.Read(ref _pending) != 0;

    /// <summary>Marks it as waiting. Full fence.</summary>
    /// <returns>False when it waits already.</returns>
    public bool TryMarkPending() => Interlocked.Exchange(ref _pending, 1) == 0;

    /// <summary>Full fence: a head read after this is as new as every publication whose pass still saw the mark.</summary>
    public void ClearPending() => Interlocked.Exchange(ref _pending, 0);
}
