using Keker.Server.Options;

namespace Keker.Server.WebSocket;

/// <summary>
/// How much a subscriber may say: it has nothing to say but HELLO and pongs, so whoever talks more is first read more slowly, then closed.
/// A bucket of <see cref="Limits.InboundFrameBurst"/> frames that fills up again at <see cref="Limits.InboundFramesPerSecond"/>.
/// </summary>
/// <remarks>Not thread-safe. A mutable struct: keep it in a field. Times are milliseconds of the monotonic clock.</remarks>
internal struct FrameBudget(long now)
{
    private long _filledAt = now;
    private long _emptySince;
    private int _frames = Limits.InboundFrameBurst;

    /// <summary>True when the connection has been over its budget for too long without a pause.</summary>
    public readonly bool IsFlooding(long now) => _emptySince != 0 && now - _emptySince >= Limits.InboundFloodTimeout.TotalMilliseconds;

    /// <summary>Takes frames out.</summary>
    /// <param name="now">The time.</param>
    /// <param name="frames">How many, 1 or more; no more than a burst counts, so that nobody has to wait for longer than that takes to fill up.</param>
    /// <returns>False when none is left: stop reading until <see cref="Refill"/> says otherwise.</returns>
    public bool TrySpend(long now, int frames = 1)
    {
        Refill(now);
        _frames -= Math.Min(frames, Limits.InboundFrameBurst);
        if (_frames > 0)
            return true;
        if (_emptySince == 0)
            _emptySince = Math.Max(1, now);
        return false;
    }

    /// <summary>Puts in what has become due.</summary>
    /// <returns>True when frames may be read.</returns>
    public bool Refill(long now)
    {
        long due = (now - _filledAt) * Limits.InboundFramesPerSecond / 1000;
        if (due > 0)
        {
            // What is left of a frame's time counts for the next one: who keeps to the rate is never short of frames.
            _filledAt += due * 1000 / Limits.InboundFramesPerSecond;
            _frames = (int)Math.Min(Limits.InboundFrameBurst, _frames + due);

            // A full bucket is the pause that ends a flood.
            if (_frames == Limits.InboundFrameBurst)
                _emptySince = 0;
        }
        return _frames > 0;
    }
}
