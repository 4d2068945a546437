namespace Keker.Server.Net;

/// <summary>Where in the kernel's tcp_info (Linux, linux/tcp.h) is what is read of it: .NET has no name for it.</summary>
internal static class TcpInfo
{
    /// <summary>TCP_INFO.</summary>
    public const int Option = 11;

    /// <summary>tcpi_bytes_acked, 8 bytes.</summary>
    public const int BytesAckedOffset = 120;
}
