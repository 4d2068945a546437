using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Log;

/// <summary>How far publishers are ahead of the last completed pass, and who waits for the next one.</summary>
/// <remarks>A mutable struct: keep it in a field. The topic's lock guards it; <see cref="FlushedOffset"/> may be read without it as a hint.</remarks>
internal struct PublisherRoom
{
    private long _flushedOffset;
    private WaitingPublishers? _waiters;
    private long _oldestAt;

    /// <summary>Where the last completed pass ended: every member that is not behind stands there or after it.</summary>
    public readonly long FlushedOffset => Volatile.Read(in _flushedOffset);

    /// <summary>The same as a position: the sum of the costs of all publications before it.</summary>
    public long FlushedPosition { get; private set; }

    public readonly bool IsAnyWaiting => _waiters is not null;

    /// <summary>A message was appended for members that are there.</summary>
    /// <param name="moment">When; see <see cref="Observability.MonotonicClock.Timestamp"/>.</param>
    /// <returns>That moment.</returns>
    public long Appended(long moment)
    {
        if (_oldestAt == 0)
            _oldestAt = moment;
        return moment;
    }

    /// <summary>A pass begins: what was appended before goes with it.</summary>
    /// <returns>When the first of that was appended; 0 where there is none.</returns>
    public long TakeOldest()
    {
        long oldest = _oldestAt;
        _oldestAt = 0;
        return oldest;
    }

    /// <summary>A pass has ended.</summary>
    /// <returns>Publishers that may try again: the caller releases them once it has left the lock.</returns>
    public WaitingPublishers? Flushed(long offset, long position)
    {
        Volatile.Write(ref _flushedOffset, Math.Max(_flushedOffset, offset));
        FlushedPosition = Math.Max(FlushedPosition, position);
        WaitingPublishers? waiters = _waiters;
        _waiters = null;
        return waiters;
    }

    /// <summary>A publisher waits.</summary>
    /// <returns>Completes when a pass has made room; null when too many wait already.</returns>
    public Task? Wait(int most) => (_waiters ??= new WaitingPublishers()).TryAdd(most);
}
