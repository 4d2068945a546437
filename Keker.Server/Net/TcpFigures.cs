using System.Net.Sockets;

namespace Keker.Server.Net;

/// <summary>What the kernel knows of the way to a peer (tcp_info of linux/tcp.h): .NET has no name for it.</summary>
/// <param name="Packets">Packets in flight: sent, and not acknowledged.</param>
/// <param name="UnsentBytes">Bytes that wait to be sent: for the network, or for a peer that has closed its window.</param>
/// <param name="AcknowledgedBytes">Bytes that the peer's machine has acknowledged so far: grows as long as the peer is reached.</param>
/// <param name="IsWindowClosed">The peer has said that it takes nothing: nobody reads there, and its machine is alive.</param>
internal readonly record struct TcpFigures(uint Packets, uint UnsentBytes, long AcknowledgedBytes, bool IsWindowClosed)
{
    private const int TcpInfo = 11;

    private const int PacketsOffset = 24;
    private const int AcknowledgedOffset = 120;
    private const int UnsentOffset = 144;
    private const int Needed = UnsentOffset + sizeof(uint);

    /// <summary>tcpi_snd_wnd: since Linux 5.4.</summary>
    private const int WindowOffset = 228;
    private const int All = WindowOffset + sizeof(uint);

    /// <summary>Asks the kernel.</summary>
    /// <returns>Null where the system does not tell.</returns>
    public static TcpFigures? Read(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix)
            return null;
        Span<byte> info = stackalloc byte[All];
        try
        {
            int length = socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpInfo, info);
            return length < Needed ? null : Of(info[..length]);
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
            return null;
        }
    }

    private static TcpFigures Of(ReadOnlySpan<byte> info) => new(
        Number(info, PacketsOffset),
        Number(info, UnsentOffset),
        BitConverter.ToInt64(info[AcknowledgedOffset..]),
        info.Length >= All && Number(info, WindowOffset) == 0);

    private static uint Number(ReadOnlySpan<byte> info, int offset) => BitConverter.ToUInt32(info[offset..]);
}
