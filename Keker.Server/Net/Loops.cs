using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>One loop for each core that the process may use. Thread-safe.</summary>
internal sealed class Loops(ILogger log)
{
    private readonly Loop[] _loops = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(index => new Loop(index, log))];
    private uint _next;

    /// <summary>Set to <c>engine</c> it leaves the sockets to the runtime's engine where there is epoll, too: tests look at that side with it.</summary>
    private const string Switch = "KEKERD_SOCKETS";

    /// <summary>True where there is epoll, unless tests want to do without it.</summary>
    public static bool AreUsed => OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Switch) != "engine";

    /// <summary>Takes an accepted socket over: its descriptor has another owner from now on, and the object none.</summary>
    /// <exception cref="SocketException">The system has no memory to poll it.</exception>
    [SuppressMessage("Usage", "CA1816", Justification = "The object has lost what it would finalize.")]
    public PeerSocket Take(Socket accepted)
    {
        Loop loop = _loops[Interlocked.Increment(ref _next) % (uint)_loops.Length];
        var socket = new LoopSocket(loop, (int)accepted.SafeHandle.DangerousGetHandle(), accepted.AddressFamily == AddressFamily.Unix);
        if (!loop.TryAdd(socket))
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
        accepted.SafeHandle.SetHandleAsInvalid();
        GC.SuppressFinalize(accepted);
        return socket;
    }
}
