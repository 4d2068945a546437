namespace Keker.Server.Broker.Confirming;

/// <summary>
/// When the next ping goes out behind messages, and whether the last one was answered. Clients answer pings in order by themselves
/// (RFC 6455 5.5.2), so the pong proves that all before the ping has arrived. At most one is under way: a peer may answer only the latest (5.5.3).
/// </summary>
/// <remarks>A mutable struct: keep it in a field. <see cref="Answered"/> is for whoever reads the connection, the rest for the owner of the gate unless it says otherwise.</remarks>
internal struct PingBarrier()
{
    /// <summary>Milliseconds between barriers under load: each costs a pong.</summary>
    private const long Interval = 1000;

    private long _sentAt = -Interval;
    private long _sentBefore = -Interval;
    private uint _answered;
    private bool _wanted;
    private bool _wasWanted;
    private bool _owed;

    /// <summary>When the last one went out, in milliseconds of the clock. Any thread.</summary>
    public readonly long SentAt => Volatile.Read(in _sentAt);

    /// <summary>Whether the ping of this number has been answered. Any thread.</summary>
    public readonly bool IsAnswered(uint latestPing) => latestPing == Volatile.Read(in _answered);

    /// <summary>Whether one should go out behind what is sent now. One that somebody waits for is due as soon as the one before is answered.</summary>
    public readonly bool IsDue(uint latestPing, long now) =>
        (Volatile.Read(in _wanted) || Volatile.Read(in _owed) || now - _sentAt >= Interval) && IsAnswered(latestPing);

    /// <summary>Whether somebody waits for one. One that was taken back is not among them: it goes out behind the rest of what it was to confirm.</summary>
    public readonly bool IsWanted => Volatile.Read(in _wanted);

    /// <summary>Somebody waits for a confirmation. Any thread.</summary>
    public void Want() => Interlocked.Exchange(ref _wanted, true);

    /// <summary>One goes out.</summary>
    public void Sent(long now)
    {
        _wasWanted = _wanted || _owed;
        Volatile.Write(ref _wanted, false);
        Volatile.Write(ref _owed, false);
        _sentBefore = _sentAt;
        Volatile.Write(ref _sentAt, now);
    }

    /// <summary>The last one has not gone out: it is as due as before.</summary>
    public void TakeBack()
    {
        Volatile.Write(ref _sentAt, _sentBefore);
        Volatile.Write(ref _owed, _wasWanted);
    }

    /// <summary>The answer has arrived, and what it confirms is noted: the next one may go out. Full fence, as <see cref="Want"/>: one of the two sees the other.</summary>
    public void Answered(uint ping) => Interlocked.Exchange(ref _answered, ping);
}
