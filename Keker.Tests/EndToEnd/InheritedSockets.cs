using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Keker.Tests.EndToEnd;

/// <summary>Sockets that listen, and a program that hands them over as systemd does: from descriptor 3 on, for the process that it becomes.</summary>
internal sealed partial class InheritedSockets : IDisposable
{
    private const int Duplicate = 0;

    /// <summary>Above all that the launcher uses by itself.</summary>
    private const int LeastDescriptor = 200;

    private readonly TempDirectory _directory = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<int> _inheritable = [];

    /// <param name="tcp">How many on a port; they come first.</param>
    /// <param name="unix">How many on a path.</param>
    public InheritedSockets(int tcp, int unix = 0)
    {
        for (int i = 0; i < tcp; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            EndPoints.Add((IPEndPoint)socket.LocalEndPoint!);
            Add(socket);
        }
        for (int i = 0; i < unix; i++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            Paths.Add(_directory.File($"socket-{i}"));
            socket.Bind(new UnixDomainSocketEndPoint(Paths[^1]));
            Add(socket);
        }
    }

    public List<IPEndPoint> EndPoints { get; } = [];

    public List<string> Paths { get; } = [];

    /// <summary>Becomes the program in its arguments.</summary>
    /// <param name="names">The names of the descriptors, with colons between.</param>
    public string[] Launcher(string names)
    {
        string moves = string.Join(' ', _inheritable.Select((descriptor, i) => $"{3 + i}<&{descriptor} {descriptor}<&-"));
        return ["bash", "-c", $"exec {moves}; LISTEN_PID=$$ LISTEN_FDS={_inheritable.Count} LISTEN_FDNAMES={names} exec \"$0\" \"$@\""];
    }

    public void Dispose()
    {
        _inheritable.ForEach(static descriptor => _ = Close(descriptor));
        _sockets.ForEach(static socket => socket.Dispose());
        _directory.Dispose();
    }

    /// <summary>A duplicate is passed on to every program that is started, the socket itself is not.</summary>
    private void Add(Socket socket)
    {
        socket.Listen();
        _sockets.Add(socket);
        int descriptor = Control((int)socket.SafeHandle.DangerousGetHandle(), Duplicate, LeastDescriptor);
        Assert.That(descriptor, Is.GreaterThanOrEqualTo(LeastDescriptor));
        _inheritable.Add(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
