using System.Net.Sockets;

namespace Keker.Server.Net;

/// <summary>
/// The socket of one accepted connection. It never blocks and never throws for what a peer does: a peer that goes away, orderly or not, is the end of
/// what there is to read.
/// </summary>
/// <remarks>
/// One reader and one sender at a time. Everything else is thread-safe, and does nothing once the socket is closed. There are two of them: on the
/// server's own loops (<see cref="LoopSocket"/>), and on the runtime's socket engine where there is no epoll (<see cref="EngineSocket"/>).
/// </remarks>
internal abstract class PeerSocket
{
    /// <summary>True for a unix socket: it has no address and no TCP figures.</summary>
    public abstract bool IsUnix { get; }

    /// <summary>Receives what there is.</summary>
    /// <param name="bytes">Gets the bytes; at least one.</param>
    /// <returns>Bytes received; 0 at the end, orderly or not; -1 when there is nothing now.</returns>
    public abstract int Receive(Span<byte> bytes);

    /// <summary>Looks at what has arrived first, and leaves it there.</summary>
    /// <returns>How many bytes there are, at most as many as asked for; 0 at the end, orderly or not; -1 when there is nothing now.</returns>
    public abstract int Peek(Span<byte> bytes);

    /// <summary>Whether the peer has stopped sending, as far as it is known without reading. Not while somebody waits for input.</summary>
    public abstract bool HasPeerEnded { get; }

    /// <summary>Has somebody told when there may be something to receive.</summary>
    /// <returns>True when it is now: then nobody is told.</returns>
    public abstract bool WaitForInput(IReadyHandler handler);

    /// <summary>Completes when there may be something to receive. Whoever awaits it goes on where the socket is polled.</summary>
    public abstract ValueTask WaitForInputAsync();

    /// <summary>Has the reader find the end behind what has arrived, as if the peer had stopped sending.</summary>
    public abstract void StopInput();

    /// <summary>Undoes <see cref="StopInput"/>, where that can be undone: what still comes can be received. For the reader.</summary>
    public virtual void ResumeInput()
    {
    }

    /// <summary>Sends what the kernel takes at once. Not while a <see cref="SendAsync"/> is unfinished.</summary>
    /// <returns>Bytes taken, from 0 to all; -1 when the connection is gone.</returns>
    public abstract int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Sends all of it, waiting for room. The caller keeps the bytes unchanged until it completes.</summary>
    /// <returns>False when the connection is gone.</returns>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        // The machinery of a send that can wait is needed only when it has to.
        int sent = Send(bytes.Span);
        return sent < 0 || sent == bytes.Length ? ValueTask.FromResult(sent >= 0) : SendRestAsync(bytes[sent..]);
    }

    /// <summary>Ends a direction, or both; whoever waits is told.</summary>
    public abstract void Shutdown(SocketShutdown how);

    /// <summary>Gives the socket back, once, when nobody reads any more. A send that is under way ends first.</summary>
    /// <param name="resets">True throws away what the peer has not taken yet, instead of leaving it with the kernel.</param>
    public abstract void Close(bool resets);

    /// <summary>What TCP tells of the way to the peer; null where the system does not tell.</summary>
    public abstract TcpFigures? ReadFigures();

    /// <summary>The IP address of the peer without the port, as it is on the wire; nothing on a unix socket.</summary>
    /// <param name="bytes">At least 16 bytes.</param>
    /// <returns>Bytes written.</returns>
    public abstract int WriteAddress(Span<byte> bytes);

    /// <summary>Sends what the kernel has not taken at once.</summary>
    /// <returns>False when the connection is gone.</returns>
    protected abstract ValueTask<bool> SendRestAsync(ReadOnlyMemory<byte> rest);
}
