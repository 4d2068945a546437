using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>How long a connection may still send after its last answer, and how much.</summary>
/// <remarks>Begun and ended by whoever reads the connection; the heartbeat reads the time. A mutable struct: keep it in a field.</remarks>
internal struct Lingering(ServerContext server)
{
    private bool _isLong;

    /// <summary>Bytes that are dropped at most.</summary>
    public readonly long MostBytes => _isLong ? (long)Limits.LingeringCloseFactor * server.Options.WriteBuffer : Limits.ShortLingerBytes;

    public readonly TimeSpan Timeout => _isLong ? Limits.LingeringCloseTimeout : Limits.ShortLingerTimeout;

    /// <summary>Before the wait.</summary>
    public void Begin() => _isLong = server.TryBeginLinger();

    /// <summary>At the end of the connection, whether it lingered or not.</summary>
    public readonly void End()
    {
        if (_isLong)
            server.EndLinger();
    }
}
