using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>
/// Tells a dead connection from a slow one. Bytes in flight that stay unacknowledged: the network is gone, or the machine behind it. Bytes that cannot
/// even be sent: the peer has closed its window, because nobody reads there. All acknowledged: the peer's machine is alive, whatever its process does.
/// </summary>
/// <remarks>Not thread-safe. A mutable struct: keep it in a field. Look about once a second while something should be on its way.</remarks>
internal struct SilenceWatch
{
    /// <summary>Of each number the low half: every idle session has this, and what is compared is never far apart.</summary>
    private uint _acknowledged;

    /// <summary>Since when nothing moves, in milliseconds of the clock: odd with bytes in flight, even with unsent ones only, 0 for neither.</summary>
    private uint _since;

    /// <summary>Looks once.</summary>
    /// <param name="figures">What TCP tells; null where the system does not tell, and nobody counts as dead.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="timeout">How long a peer may keep its window closed.</param>
    /// <returns>True when the connection is dead.</returns>
    public bool IsSilent(TcpFigures? figures, long now, TimeSpan timeout)
    {
        if (figures is not { } tcp || (tcp.Packets == 0 && tcp.UnsentBytes == 0))
        {
            _since = 0;
            return false;
        }
        bool inFlight = tcp.Packets > 0 && !tcp.IsWindowClosed;
        uint acknowledged = (uint)tcp.AcknowledgedBytes;
        if (_since == 0 || inFlight != (_since % 2 != 0) || acknowledged != _acknowledged)
        {
            _acknowledged = acknowledged;
            _since = ((uint)now & ~1u) + (inFlight ? 1u : 2u);
            return false;
        }
        return (uint)now - _since + 2 >= (inFlight ? Limits.NetworkSilence : timeout).TotalMilliseconds;
    }

    /// <summary>Whether something was on its way, and had not moved, when last looked at.</summary>
    public readonly bool IsSuspicious => _since != 0;
}
