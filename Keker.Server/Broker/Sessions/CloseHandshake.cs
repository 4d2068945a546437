namespace Keker.Server.Broker.Sessions;

/// <summary>Which of the two Closes of a WebSocket have gone through (RFC 6455 7.1.4).</summary>
/// <remarks>Thread-safe. A mutable struct: keep it in a field.</remarks>
internal struct CloseHandshake
{
    private const int OursSent = 1;
    private const int TheirsReceived = 2;

    private int _through;

    /// <summary>Ours is out.</summary>
    /// <returns>True when that completes the handshake; once.</returns>
    public bool Sent() => Note(OursSent);

    /// <summary>Theirs has come.</summary>
    /// <returns>True when that completes the handshake; once.</returns>
    public bool Received() => Note(TheirsReceived);

    private bool Note(int close)
    {
        int before = Interlocked.Or(ref _through, close);
        return (before & close) == 0 && before != 0;
    }
}
