using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Keker.Server.Net;

namespace Keker.Tests.Server.Net;

/// <summary>Two ends of one loopback connection; the server's is non-blocking, as accepted sockets are.</summary>
internal sealed class SocketPair : IDisposable
{
    private bool _isTaken;

    private SocketPair(Socket client, Socket server)
    {
        Client = client;
        Server = server;
    }

    public Socket Client { get; }

    public Socket Server { get; }

    public static SocketPair Create()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndpoint);
        Socket server = listener.AcceptSocket();
        server.Blocking = false;
        return new SocketPair(client, server);
    }

    /// <summary>The same over a Unix socket.</summary>
    public static SocketPair CreateUnix()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(listener.LocalEndPoint!);
        Socket server = listener.Accept();
        server.Blocking = false;
        File.Delete(path);
        return new SocketPair(client, server);
    }

    /// <summary>Has a loop of the server poll its end, which is another object's from then on.</summary>
    public PeerSocket TakeServer(Loops loops)
    {
        _isTaken = true;
        return Take(Server, loops);
    }

    /// <summary>An accepted socket as the server has it.</summary>
    /// <param name="socket">Another object's from then on.</param>
    /// <param name="loops">Poll it; null for the runtime's engine.</param>
    [SuppressMessage("Usage", "CA1816", Justification = "The object has lost what it would finalize.")]
    public static PeerSocket Take(Socket socket, Loops? loops)
    {
        if (loops is null)
            return new EngineSocket(socket);
        socket.Blocking = false;
        PeerSocket taken = loops.Take((int)socket.SafeHandle.DangerousGetHandle(), socket.AddressFamily == AddressFamily.Unix);
        socket.SafeHandle.SetHandleAsInvalid();
        GC.SuppressFinalize(socket);
        return taken;
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_isTaken)
            Server.Dispose();
    }
}
