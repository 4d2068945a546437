using System.ComponentModel;
using System.Runtime.InteropServices;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>A thread that polls the sockets dealt to it (epoll(7), edge-triggered), and runs whoever waits for them.</summary>
/// <remarks>
/// <see cref="TryAdd"/> and <see cref="Remove"/> may come from any thread. It runs until the process ends. What a handler throws is logged and
/// costs nobody else anything.
/// </remarks>
internal sealed unsafe class Loop
{
    private const int EventsAtATime = 256;

    private const uint Watched = LinuxSockets.Input | LinuxSockets.Output | LinuxSockets.PeerEnded | LinuxSockets.EdgeTriggered;

    /// <summary>Bytes of an epoll_event: packed on x64 only. The data follows the events, aligned or not.</summary>
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int DataOffset = EventBytes - sizeof(ulong);

    private readonly Lock _lock = new();
    private readonly ILogger _log;
    private readonly int _poll;
    private LoopSocket?[] _sockets = new LoopSocket?[64];
    private uint _generation;

    /// <exception cref="Win32Exception">The system has no descriptor left for it.</exception>
    public Loop(int index, ILogger log)
    {
        _log = log;
        _poll = LinuxSockets.CreatePoll(LinuxSockets.CloseOnExecute);
        if (_poll < 0)
            throw new Win32Exception(Marshal.GetLastSystemError());
        new Thread(Run) { IsBackground = true, Name = $"loop {index}" }.Start();
    }

    /// <summary>Polls a socket from now on.</summary>
    /// <returns>False when the system has no memory for it.</returns>
    public bool TryAdd(LoopSocket socket)
    {
        int descriptor = socket.Descriptor;
        lock (_lock)
        {
            if (descriptor >= _sockets.Length)
                Array.Resize(ref _sockets, Math.Max(descriptor + 1, _sockets.Length * 2));
            socket.Generation = ++_generation;
            Volatile.Write(ref _sockets[descriptor], socket);
        }
        byte* pollEvent = stackalloc byte[EventBytes];
        *(uint*)pollEvent = Watched;
        *(ulong*)(pollEvent + DataOffset) = (ulong)socket.Generation << 32 | (uint)descriptor;
        if (LinuxSockets.ControlPoll(_poll, LinuxSockets.AddToPoll, descriptor, pollEvent) == 0)
            return true;
        Remove(socket);
        return false;
    }

    /// <summary>Forgets a socket, before its descriptor is closed, which ends the polling.</summary>
    public void Remove(LoopSocket socket)
    {
        lock (_lock)
        {
            if (socket.Descriptor < _sockets.Length && _sockets[socket.Descriptor] == socket)
                Volatile.Write(ref _sockets[socket.Descriptor], null);
        }
    }

    private void Run()
    {
        byte* events = stackalloc byte[EventsAtATime * EventBytes];
        while (true)
        {
            int count = LinuxSockets.Poll(_poll, events, EventsAtATime, -1);
            LoopSocket?[] sockets = Volatile.Read(ref _sockets);
            for (byte* next = events; next < events + count * EventBytes; next += EventBytes)
                Dispatch(sockets, *(uint*)next, *(ulong*)(next + DataOffset));
        }
    }

    private void Dispatch(LoopSocket?[] sockets, uint events, ulong data)
    {
        // An event of a socket that is closed by now, whose descriptor may be somebody else's, is nobody's.
        if (Volatile.Read(ref sockets[(uint)data]) is not { } socket || socket.Generation != data >> 32)
            return;
        try
        {
            socket.OnEvents(events);
        }
        catch (Exception e)
        {
            _log.Unexpected(e);
        }
    }
}
