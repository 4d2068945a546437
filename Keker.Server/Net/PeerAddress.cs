using System.Net;
using System.Net.Sockets;

namespace Keker.Server.Net;

/// <summary>Where a connection comes from. Stateless, thread-safe.</summary>
internal static class PeerAddress
{
    /// <summary>The address as <see cref="AddressKey"/> counts it; null on a unix socket.</summary>
    /// <exception cref="SocketException">The peer is gone.</exception>
    public static ulong? KeyOf(Socket socket) => Of(socket) is { } address ? AddressKey.Of(address) : null;

    /// <summary>The IP address without the port, as it is on the wire; nothing on a unix socket.</summary>
    /// <param name="socket">The accepted socket.</param>
    /// <param name="bytes">At least 16 bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="SocketException">The peer is gone.</exception>
    public static int Write(Socket socket, Span<byte> bytes) => Of(socket)?.TryWriteBytes(bytes, out int length) is true ? length : 0;

    private static IPAddress? Of(Socket socket) => (socket.RemoteEndPoint as IPEndPoint)?.Address;
}
