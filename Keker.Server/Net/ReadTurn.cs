using System.Diagnostics;

namespace Keker.Server.Net;

/// <summary>
/// How long one connection may keep its thread: a peer that sends without pause always has bytes ready, so its reads never wait,
/// and the thread that polls everybody's sockets would be its alone.
/// </summary>
/// <remarks>Not thread-safe. A mutable struct: keep it in a local or a field.</remarks>
internal struct ReadTurn
{
    /// <summary>Short for those who wait, long against the hop to another thread that ends it.</summary>
    private static readonly long Length = Stopwatch.Frequency / 1000;

    private long _endsAt;

    /// <summary>Counts a read.</summary>
    /// <param name="completedAtOnce">Whether the bytes were there already.</param>
    /// <returns>True when the turn is over: yield the thread before going on.</returns>
    public bool IsOver(bool completedAtOnce)
    {
        if (!completedAtOnce)
        {
            _endsAt = 0;
            return false;
        }
        long now = Stopwatch.GetTimestamp();
        if (_endsAt == 0)
            _endsAt = now + Length;
        if (now < _endsAt)
            return false;
        _endsAt = 0;
        return true;
    }
}
