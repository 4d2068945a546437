namespace Keker.Server.WebSocket;

/// <summary>Since when a message, or a frame, has been under way that has not ended.</summary>
/// <remarks>Noted by whoever reads the connection, read by the heartbeat. A mutable struct: keep it in a field. Times are milliseconds of the clock.</remarks>
internal struct UnfinishedMessage
{
    private long _since;

    /// <summary>0 when there is none.</summary>
    public readonly long Since => Volatile.Read(in _since);

    /// <summary>Whether it has had its time.</summary>
    public readonly bool IsOverdue(long now, TimeSpan time) => Since is var since && since > 0 && now - since >= time.TotalMilliseconds;

    /// <summary>It goes on, or begins.</summary>
    public void Continue(long now)
    {
        if (_since == 0)
            Volatile.Write(ref _since, Math.Max(1, now));
    }

    /// <summary>It has ended.</summary>
    public void End() => Volatile.Write(ref _since, 0);
}
