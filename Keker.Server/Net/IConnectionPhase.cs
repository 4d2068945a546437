namespace Keker.Server.Net;

/// <summary>What a connection is busy with (TLS handshake, HTTP, WebSocket), as the heartbeat sees it.</summary>
internal interface IConnectionPhase
{
    /// <summary>Called once a second on the heartbeat's thread: compare deadlines, start what is due, do not wait.</summary>
    /// <param name="now">Milliseconds of the monotonic clock.</param>
    void OnHeartbeat(long now);

    /// <summary>The server is draining: finish what is under way, then close.</summary>
    void Drain();

    /// <summary>Since when the peer has had something unfinished, in milliseconds of the clock; 0 when it has nothing. Any thread may ask.</summary>
    long UnfinishedSince => 0;

    /// <summary>Memory is short, and this connection is one of those that go: ends it, with a word why where there is one. Any thread may ask.</summary>
    void GiveUp()
    {
    }
}
