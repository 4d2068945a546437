using Keker.Server.Broker.Sessions;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>How long a peer has to end the connection, once its session has to. Stateless, thread-safe.</summary>
internal static class CloseDeadline
{
    /// <summary>Whether the time is up.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="close">What the session ends with.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    public static bool IsOver(Connection connection, CloseRequest close, long now)
    {
        if (connection.ClosingSince is var since && since > 0)
            return now - since >= Limits.CloseHandshakeTimeout.TotalMilliseconds;

        // A drain has its own deadline, after which every connection left is ended.
        if (close.AfterLog)
            return false;
        TimeSpan patience = close.IsSlowConsumer ? Limits.SlowConsumerCloseTimeout : Limits.CloseHandshakeTimeout;
        return now - close.RequestedAt >= patience.TotalMilliseconds;
    }
}
