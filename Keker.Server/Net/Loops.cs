using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>The loops of the process: one for each core that it may use. Thread-safe.</summary>
internal sealed class Loops(ILogger log, int count)
{
    private readonly Loop[] _loops = [.. Enumerable.Range(0, count).Select(index => new Loop(index, log))];
    private uint _next;

    /// <summary>One loop for each core.</summary>
    public Loops(ILogger log)
        : this(log, Environment.ProcessorCount)
    {
    }

    /// <summary>Set to <c>engine</c> it leaves the sockets to the runtime's engine where there is epoll, too: tests look at that side with it.</summary>
    private const string Switch = "KEKERD_SOCKETS";

    /// <summary>True where there is epoll, unless tests want to do without it.</summary>
    public static bool AreUsed => OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Switch) != "engine";

    /// <summary>All of them.</summary>
    public IReadOnlyList<Loop> All => _loops;

    /// <summary>The loop whose turn it is to get something to poll.</summary>
    public Loop Next => _loops[Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>Takes over the descriptor of an accepted socket.</summary>
    /// <param name="descriptor">The descriptor; it does not block.</param>
    /// <param name="isUnix">See <see cref="PeerSocket.IsUnix"/>.</param>
    /// <exception cref="SocketException">The system has no memory to poll it; the descriptor is still the caller's.</exception>
    public PeerSocket Take(int descriptor, bool isUnix)
    {
        Loop loop = Next;
        var socket = new LoopSocket(loop, descriptor, isUnix);
        return loop.TryAdd(socket) ? socket : throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
    }
}
