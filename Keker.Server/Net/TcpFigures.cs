namespace Keker.Server.Net;

/// <summary>What the kernel knows of the way to a peer (tcp_info of linux/tcp.h): .NET has no name for it.</summary>
/// <param name="Packets">Packets in flight: sent, and not acknowledged.</param>
/// <param name="UnsentBytes">Bytes that wait to be sent: for the network, or for a peer that has closed its window.</param>
/// <param name="AcknowledgedBytes">Bytes that the peer's machine has acknowledged so far: grows as long as the peer is reached.</param>
/// <param name="IsWindowClosed">The peer has said that it takes nothing: nobody reads there, and its machine is alive.</param>
internal readonly record struct TcpFigures(uint Packets, uint UnsentBytes, long AcknowledgedBytes, bool IsWindowClosed)
{
    /// <summary>TCP_INFO.</summary>
    public const int TcpInfo = 11;

    private const int PacketsOffset = 24;
    private const int AcknowledgedOffset = 120;
    private const int UnsentOffset = 144;
    private const int Needed = UnsentOffset + sizeof(uint);

    /// <summary>tcpi_snd_wnd: since Linux 5.4.</summary>
    private const int WindowOffset = 228;

    /// <summary>Bytes of it that are read.</summary>
    public const int All = WindowOffset + sizeof(uint);

    /// <summary>Reads a tcp_info.</summary>
    /// <returns>Null where the kernel is too old to tell what is needed.</returns>
    public static TcpFigures? Of(ReadOnlySpan<byte> info) => info.Length < Needed ? null : new TcpFigures(
        Number(info, PacketsOffset),
        Number(info, UnsentOffset),
        BitConverter.ToInt64(info[AcknowledgedOffset..]),
        info.Length >= All && Number(info, WindowOffset) == 0);

    private static uint Number(ReadOnlySpan<byte> info, int offset) => BitConverter.ToUInt32(info[offset..]);
}
