using Keker.Server.Observability;

namespace Keker.Server.Broker.Topics;

/// <summary>A session began in a topic with messages of which one may be what its client cannot take.</summary>
/// <remarks><see cref="NoteSent"/> is for the owner of the session's gate; others read once the session has ended.</remarks>
internal sealed class Redelivery
{
    private readonly long _joinedAt;
    private readonly long _head;
    private bool _hasSent;
    private long _sentTo;
    private long _sentBytes;

    /// <param name="clock">Tells when the session joined: now.</param>
    /// <param name="head">Where the log ended then.</param>
    public Redelivery(MonotonicClock clock, long head)
    {
        _joinedAt = clock.Timestamp;
        _head = head;
        HelloAt = clock.At(_joinedAt);
    }

    /// <summary>When the session joined, in milliseconds of the clock.</summary>
    public long HelloAt { get; }

    /// <summary>Something was sent to it.</summary>
    /// <param name="member">The session in the topic.</param>
    /// <returns>The first time, and where a message was there before the session: the moment at which it joined. Else 0.</returns>
    public long TakeFirst(Subscription member)
    {
        bool isFirst = !_hasSent && member.Arrived < _head;
        _hasSent = true;
        return isFirst ? _joinedAt : 0;
    }

    /// <summary>Whole messages before the member's cursor were sent. The first of them that are not confirmed are what counts.</summary>
    /// <param name="member">The session in the topic.</param>
    /// <param name="bytes">Bytes sent on the connection so far.</param>
    public void NoteSent(Subscription member, long bytes)
    {
        if (_sentTo > member.Confirmed)
            return;

        // In this order: who reads between the two takes more bytes to be needed, never fewer.
        Volatile.Write(ref _sentBytes, bytes);
        Volatile.Write(ref _sentTo, member.Cursor);
    }

    /// <summary>Whether the client's machine is known to have the whole of a message.</summary>
    /// <param name="offset">The message: the first that is not confirmed.</param>
    /// <param name="acknowledged">Bytes sent on the connection that its machine has acknowledged.</param>
    public bool IsAcknowledged(long offset, long acknowledged) => offset < Volatile.Read(ref _sentTo) && acknowledged >= Volatile.Read(ref _sentBytes);
}
