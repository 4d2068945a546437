using Keker.Server.Broker;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Presence;

/// <summary>The tokens whose HELLO is refused for a time, because the backend has logged them out.</summary>
/// <remarks>Thread-safe; its lock is an innermost one.</remarks>
internal sealed class RefusedTokens
{
    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], long> _until = new(TokenComparer.Instance);
    private readonly Dictionary<byte[], long>.AlternateLookup<ReadOnlySpan<byte>> _byToken;
    private readonly MonotonicClock _clock;
    private readonly int _most;
    private volatile int _count;

    /// <param name="clock">Tells when a time is over.</param>
    /// <param name="most">Tokens at a time.</param>
    public RefusedTokens(MonotonicClock clock, int most = Limits.RefusedTokens)
    {
        _clock = clock;
        _most = most;
        _byToken = _until.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Tokens that are refused. A hint without the lock.</summary>
    public int Count => _count;

    /// <summary>Refuses a token from now on, in place of what was said of it before; for no time at all it is let in again.</summary>
    /// <returns>False when there are as many as there may be.</returns>
    public bool TryRefuse(byte[] token, TimeSpan time)
    {
        lock (_lock)
        {
            if (time <= TimeSpan.Zero)
                _until.Remove(token);
            else if (HasRoomFor(token))
                _until[token] = _clock.Now + (long)time.TotalMilliseconds;
            else
                return false;
            _count = _until.Count;
            return true;
        }
    }

    /// <summary>Whether a token is refused now.</summary>
    public bool Contains(ReadOnlySpan<byte> token)
    {
        if (_count == 0)
            return false;
        lock (_lock)
            return _byToken.TryGetValue(token, out long until) && _clock.Now < until;
    }

    /// <summary>Forgets those whose time is over. The heartbeat calls it.</summary>
    public void DropExpired()
    {
        if (_count == 0)
            return;
        lock (_lock)
            Forget();
    }

    private bool HasRoomFor(byte[] token)
    {
        if (_until.Count >= _most)
            Forget();
        return _until.Count < _most || _until.ContainsKey(token);
    }

    private void Forget()
    {
        long now = _clock.Now;
        foreach ((byte[] token, long until) in _until)
        {
            // A dictionary may be thinned out while it is gone through.
            if (now >= until)
                _until.Remove(token);
        }
        _count = _until.Count;
    }
}
