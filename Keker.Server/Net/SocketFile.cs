using System.Net.Sockets;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>What a path where a Unix socket is wanted holds. Stateless, thread-safe.</summary>
internal static class SocketFile
{
    /// <summary>Whether a server that was killed has left its socket there: nobody answers.</summary>
    /// <exception cref="SocketException">It cannot be asked.</exception>
    public static bool IsStale(ListenAddress address)
    {
        // An ordinary file refuses connections just as a stale socket does, and is somebody's data.
        if (!File.Exists(address.Path) || !IsSocket(address.Path))
            return false;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(address.ToEndPoint());
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }

    /// <summary>Only a socket answers an open with this: ENXIO on Linux, EOPNOTSUPP on macOS. Read and write, which never waits on a FIFO.</summary>
    public static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return false;
        }
        catch (IOException e)
        {
            return e.HResult == (OperatingSystem.IsMacOS() ? 102 : 6);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
