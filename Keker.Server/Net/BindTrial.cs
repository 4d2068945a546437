using System.Net;
using System.Net.Sockets;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>Tries to listen as <see cref="Listener"/> would, takes nobody off, and changes nothing. What could be bound is held until the end: two addresses may be in each other's way.</summary>
internal sealed class BindTrial : IDisposable
{
    private readonly List<TcpListener> _held = [];

    /// <summary>Tries one address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isInUse">Whether somebody listens there.</param>
    /// <returns>Why it cannot be listened on; null where it can.</returns>
    public string? Try(ListenAddress address, out bool isInUse)
    {
        isInUse = false;
        try
        {
            if (address.Kind == ListenKind.Unix)
                return TryPath(address, out isInUse);
            var listener = new TcpListener((IPEndPoint)address.ToEndPoint());
            listener.Start(1);
            _held.Add(listener);
            return null;
        }
        catch (SocketException e)
        {
            isInUse = e.SocketErrorCode == SocketError.AddressAlreadyInUse;
            return isInUse ? "somebody listens there already" : e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    public void Dispose() => _held.ForEach(listener => listener.Dispose());

    private static string? TryPath(ListenAddress address, out bool isInUse)
    {
        string path = address.Path!;
        isInUse = false;
        if (Path.GetDirectoryName(path) is { } directory && !Directory.Exists(directory))
            return $"there is no directory {directory}";
        if (Directory.Exists(path) || (File.Exists(path) && !SocketFile.IsSocket(path)))
            return "there is a file, which is no socket";
        isInUse = File.Exists(path) && !SocketFile.IsStale(address);
        if (isInUse)
            return "somebody listens there already";

        // Whether a socket could be made there, only making something there tells.
        new FileStream($"{path}.{Guid.NewGuid():n}", FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
        return null;
    }
}
