using System.Net;
using System.Net.Sockets;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>Listens on one address, and has an <see cref="Acceptor"/> take the connections off.</summary>
/// <remarks>Started once; <see cref="Dispose"/> may come from any thread.</remarks>
internal sealed class Listener : IDisposable
{
    /// <summary>TCP_NOTSENT_LOWAT of Linux: .NET has no name for it.</summary>
    private const int TcpNotSentLowWater = 25;

    private readonly Socket _socket;
    private readonly ListenAddress _address;
    private readonly Acceptor _acceptor;
    private readonly CancellationTokenSource _stopped = new();

    /// <param name="address">Where to listen.</param>
    /// <param name="timeProvider">Measures the back-off.</param>
    /// <param name="log">Gets a line when accepting fails and when it works again.</param>
    /// <param name="loops">Poll it, and what it accepts; null for the runtime's engine.</param>
    /// <param name="accepted">Takes over each accepted socket; must not wait.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    /// <exception cref="IOException">There is something else in its place.</exception>
    public Listener(ListenAddress address, TimeProvider timeProvider, ILogger log, Loops? loops, Action<PeerSocket> accepted)
    {
        _address = address;
        _socket = address.Kind switch
        {
            ListenKind.Unix => ListenOnPath(address),
            ListenKind.Inherited => TakeOver(address.Port),
            _ => ListenOnPort((IPEndPoint)address.ToEndPoint()),
        };

        // Whoever is to be refused may be gone by then: that must not make the accept loop wait for the next one.
        _socket.Blocking = false;
        var backOff = new AcceptBackOff(timeProvider, log);
        _acceptor = loops is null ? new EngineAcceptor(_socket, backOff, log, accepted) : new LoopAcceptor(_socket, loops, backOff, log, accepted);
    }

    /// <summary>The address that is really listened on: a port of 0 has become the one that was free.</summary>
    public string BoundAddress =>
        _address.Kind == ListenKind.Unix ? _address.ToString() :
        _socket.AddressFamily == AddressFamily.Unix ? ListenAddress.UnixPrefix + _socket.LocalEndPoint :
        _socket.LocalEndPoint!.ToString()!;

    /// <summary>Accepts until it is disposed.</summary>
    public Task RunAsync() => _acceptor.RunAsync(_stopped.Token);

    /// <summary>Stops accepting and gives the address back.</summary>
    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        _socket.Dispose();
        if (_address.Path is { } path)
            File.Delete(path);
    }

    private static Socket ListenOnPort(IPEndPoint endPoint)
    {
        var listener = new TcpListener(endPoint);
        Prepare(listener.Server);
        listener.Start(Limits.AcceptBacklog);
        return listener.Server;
    }

    /// <summary>Sets what accepted sockets have from the one that listens, on Linux (tcp(7)).</summary>
    internal static void Prepare(Socket listening)
    {
        listening.NoDelay = true;
        if (OperatingSystem.IsLinux())
            listening.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpNotSentLowWater, BitConverter.GetBytes(Limits.NotSentLowWaterBytes));
    }

    /// <summary>Takes over a descriptor that listens already. Its address stays bound when it is closed: whoever has bound it keeps it.</summary>
    private static Socket TakeOver(int descriptor)
    {
        // The runtime's own questions fail with the error of the descriptor where it is no socket, or none at all.
        _ = LinuxSockets.Control(descriptor, LinuxSockets.SetFlags, LinuxSockets.CloseOnExecuteFlag);
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        try
        {
            byte[] listens = new byte[sizeof(int)];
            socket.GetRawSocketOption(LinuxSockets.SocketLevel, LinuxSockets.IsListeningOption, listens);
            if (socket.SocketType != SocketType.Stream || BitConverter.ToInt32(listens) == 0)
                throw new IOException("it is no stream socket that listens (Accept=no, ListenStream=)");
            if (socket.AddressFamily != AddressFamily.Unix)
                Prepare(socket);
            return socket;
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket ListenOnPath(ListenAddress address)
    {
        string directory = Path.GetDirectoryName(address.Path)!;
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"there is no directory {directory}");

        // It goes, unless somebody still answers on it.
        if (SocketFile.IsStale(address))
            File.Delete(address.Path!);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(address.ToEndPoint());

            // Before anybody can connect.
            if (address.Mode is { } mode && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(address.Path!, mode);
            socket.Listen(Limits.AcceptBacklog);
            return socket;
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }
}
