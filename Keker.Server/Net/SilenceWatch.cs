using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>
/// Tells a dead connection from a slow one. Bytes in flight that stay unacknowledged: the network is gone, or the machine behind it. Bytes that cannot
/// even be sent: the peer has closed its window, because nobody reads there. All acknowledged: the peer's machine is alive, whatever its process does.
/// </summary>
/// <remarks>Not thread-safe. A mutable struct: keep it in a field. Look about once a second while something should be on its way.</remarks>
internal struct SilenceWatch
{
    private long _acknowledged;

    /// <summary>Since when nothing moves, in milliseconds of the clock: positive with bytes in flight, negative with unsent ones only, 0 for neither.</summary>
    private long _since;

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
        if (_since == 0 || inFlight != _since > 0 || tcp.AcknowledgedBytes != _acknowledged)
        {
            _acknowledged = tcp.AcknowledgedBytes;
            _since = inFlight ? Math.Max(1, now) : -Math.Max(1, now);
            return false;
        }
        return now - Math.Abs(_since) >= (inFlight ? Limits.NetworkSilence : timeout).TotalMilliseconds;
    }

    /// <summary>Whether something was on its way, and had not moved, when last looked at.</summary>
    public readonly bool IsSuspicious => _since != 0;
}
