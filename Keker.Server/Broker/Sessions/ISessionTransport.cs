namespace Keker.Server.Broker.Sessions;

/// <summary>
/// The bytes' way to one client, as a session sees it. It inverts the dependency on sockets: a connection implements it, and so
/// do the fakes that drive interleavings in tests.
/// </summary>
/// <remarks>Only the owner of the session's gate sends; what tells of the client, <see cref="Abort"/>, <see cref="CloseSent"/> and <see cref="FinishSending"/> may come from any thread.</remarks>
internal interface ISessionTransport
{
    /// <summary>True where <see cref="TrySend"/> works; TLS encrypts on its own buffer and takes whole writes only.</summary>
    bool CanTrySend { get; }

    /// <summary>
    /// Tells clients of one token apart: a hash of the peer's address and of what a client sends of itself. Two that look alike have the same; 0 where
    /// nothing is known.
    /// </summary>
    ulong Mark => 0;

    /// <summary>When the client connected, in seconds of the clock.</summary>
    int AcceptedAt => 0;

    /// <summary>What the client says that it is, as UTF-8; null where it says nothing, or it is not known.</summary>
    byte[]? UserAgent => null;

    /// <summary>Bytes handed to the kernel so far.</summary>
    long SentBytes => 0;

    /// <summary>Bytes of them that the peer's machine has acknowledged; all of them where the system does not tell.</summary>
    long AcknowledgedBytes => SentBytes;

    /// <summary>The IP address of the client without the port, as it is on the wire.</summary>
    /// <param name="bytes">At least 16 bytes.</param>
    /// <returns>Bytes written; 0 where there is none, or the client is gone.</returns>
    int WriteAddress(Span<byte> bytes) => 0;

    /// <summary>Sends what the kernel takes at once. Never waits, never throws. Not while a <see cref="SendAsync"/> is unfinished.</summary>
    /// <param name="bytes">The bytes to send; not referred to afterwards.</param>
    /// <returns>Bytes taken, from 0 to all; -1 when the connection is gone.</returns>
    int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends all of it, waiting for room. The caller keeps the bytes unchanged until it completes. Never throws.</summary>
    /// <returns>False when the connection is gone.</returns>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>The Close frame is out and nothing follows it: the peer has its time to answer, over a connection that is whole (RFC 6455 5.5.1).</summary>
    void CloseSent();

    /// <summary>Half-closes, and gives the peer its time to do the same. Once.</summary>
    void FinishSending();

    /// <summary>Ends the connection now: unfinished sends and reads complete soon, on their own threads, never inside this call.</summary>
    void Abort();
}
