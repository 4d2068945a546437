using System.Runtime.InteropServices;

namespace Keker.Server.Net;

/// <summary>System calls of Linux that a loop is made of (epoll(7), recv(2), send(2)). Stateless, thread-safe.</summary>
/// <remarks>
/// None sets the last error for the runtime: read <see cref="Marshal.GetLastSystemError"/> right after the call, with nothing managed between. None suppresses
/// the transition to native code: a collection would wait for the call.
/// </remarks>
internal static unsafe partial class LinuxSockets
{
    public const int Interrupted = 4;
    public const int WouldBlock = 11;

    public const int AddToPoll = 1;
    public const int ChangePoll = 3;
    public const uint Input = 0x1;
    public const uint Output = 0x4;
    public const uint Failed = 0x8;
    public const uint HungUp = 0x10;
    public const uint PeerEnded = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    public const int CloseOnExecute = 0x80000;
    public const int NonBlocking = 0x800;

    public const int Peek = 0x2;
    public const int DoNotWait = 0x40;
    public const int NoSignal = 0x4000;

    public const int SocketLevel = 1;
    public const int LingerOption = 13;
    public const int TcpLevel = 6;

    public const int Ipv4Family = 2;
    public const int Ipv6Family = 10;

    /// <summary>
    /// Whether an accept failed for what is the peer's or the network's (accept(2)): the next one may work. EINTR, EPERM of a firewall, ENONET, EPROTO,
    /// ENOPROTOOPT, ENETDOWN, ENETUNREACH, ECONNABORTED, ECONNRESET, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH.
    /// </summary>
    public static bool IsPeersDoing(int error) => error is Interrupted or 1 or 64 or 71 or 92 or 100 or 101 or 103 or 104 or 110 or 112 or 113;

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int CreatePoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int ControlPoll(int poll, int operation, int descriptor, byte* pollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int Poll(int poll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "accept4")]
    public static partial int Accept(int socket, byte* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    public static partial int GetOption(int socket, int level, int option, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetOption(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getpeername")]
    public static partial int GetPeerName(int socket, byte* address, uint* length);

    /// <summary>F_SETFD of fcntl(2), with FD_CLOEXEC.</summary>
    public const int SetFlags = 2;
    public const int CloseOnExecuteFlag = 1;

    /// <summary>SO_ACCEPTCONN of socket(7).</summary>
    public const int IsListeningOption = 30;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    public static partial int CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int GetThread();

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);
}
