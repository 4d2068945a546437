namespace Keker.Server.Net;

/// <summary>What a connection is busy with (TLS handshake, HTTP, WebSocket), as the heartbeat sees it.</summary>
internal interface IConnectionPhase
{
    /// <summary>Called once a second on the heartbeat's thread: compare deadlines, start what is due, do not wait.</summary>
    /// <param name="now">Milliseconds of the monotonic clock.</param>
    void OnHeartbeat(long now);

    /// <summary>The server is draining: finish what is under way, then close.</summary>
    void Drain();
}
