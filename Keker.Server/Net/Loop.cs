using System.ComponentModel;
using System.Runtime.InteropServices;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>A thread that polls the sockets dealt to it (epoll(7)), and runs whoever waits for them.</summary>
/// <remarks>
/// <see cref="TryAdd"/> and <see cref="Remove"/> may come from any thread. It runs until the process ends. What a handler throws is logged and
/// costs nobody else anything.
/// </remarks>
internal sealed unsafe class Loop
{
    private const int EventsAtATime = 256;

    private const uint EdgesOfSocket = LinuxSockets.Input | LinuxSockets.Output | LinuxSockets.PeerEnded | LinuxSockets.EdgeTriggered;

    /// <summary>Bytes of an epoll_event: packed on x64 only. The data follows the events, aligned or not.</summary>
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int DataOffset = EventBytes - sizeof(ulong);

    private readonly Lock _lock = new();
    private readonly ILogger _log;
    private readonly int _poll;
    private IPolled?[] _polled = new IPolled?[64];
    private LoopWaker? _waker;
    private uint _generation;
    private LoopTurns _turns;
    private int _thread;

    /// <exception cref="Win32Exception">The system has no descriptor left for it.</exception>
    public Loop(int index, ILogger log)
    {
        _log = log;
        _poll = LinuxSockets.CreatePoll(LinuxSockets.CloseOnExecute);
        if (_poll < 0)
            throw new Win32Exception(Marshal.GetLastSystemError());
        new Thread(Run) { IsBackground = true, Name = $"loop {index}" }.Start();
    }

    /// <summary>How often it has come back from polling.</summary>
    public long Turns => Volatile.Read(ref _turns.Value);

    /// <summary>
    /// Seconds in which it had something to do: on a processor, or waiting for one. Nothing is measured for that in a turn: the kernel keeps it. NaN where it does not
    /// (proc(5), schedstat).
    /// </summary>
    public double BusySeconds => ThreadTimes.BusySeconds(Volatile.Read(ref _thread));

    /// <summary>Has it take a turn. One caller at a time: the first call makes what that needs.</summary>
    /// <exception cref="Win32Exception">The system has no descriptor or no memory left for it.</exception>
    public void Wake()
    {
        if (_waker is null)
        {
            var waker = new LoopWaker();
            if (!TryAdd(waker, LinuxSockets.Input | LinuxSockets.EdgeTriggered))
                throw new Win32Exception(Marshal.GetLastSystemError());
            _waker = waker;
        }
        _waker.Wake();
    }

    /// <summary>Polls something from now on.</summary>
    /// <param name="polled">The thing.</param>
    /// <param name="events">For what.</param>
    /// <returns>False when the system has no memory for it.</returns>
    public bool TryAdd(IPolled polled, uint events = EdgesOfSocket)
    {
        int descriptor = polled.Descriptor;
        lock (_lock)
        {
            if (descriptor >= _polled.Length)
                Array.Resize(ref _polled, Math.Max(descriptor + 1, _polled.Length * 2));
            polled.Generation = ++_generation;
            Volatile.Write(ref _polled[descriptor], polled);
        }
        if (TryControl(LinuxSockets.AddToPoll, polled, events))
            return true;
        Remove(polled);
        return false;
    }

    /// <summary>Polls for something else from now on; for nothing where that is 0.</summary>
    public void Watch(IPolled polled, uint events) => TryControl(LinuxSockets.ChangePoll, polled, events);

    /// <summary>Forgets something, before its descriptor is closed, which ends the polling.</summary>
    public void Remove(IPolled polled)
    {
        lock (_lock)
        {
            if (polled.Descriptor < _polled.Length && _polled[polled.Descriptor] == polled)
                Volatile.Write(ref _polled[polled.Descriptor], null);
        }
    }

    private bool TryControl(int operation, IPolled polled, uint events)
    {
        byte* pollEvent = stackalloc byte[EventBytes];
        *(uint*)pollEvent = events;
        *(ulong*)(pollEvent + DataOffset) = (ulong)polled.Generation << 32 | (uint)polled.Descriptor;
        return LinuxSockets.ControlPoll(_poll, operation, polled.Descriptor, pollEvent) == 0;
    }

    private void Run()
    {
        byte* events = stackalloc byte[EventsAtATime * EventBytes];
        Volatile.Write(ref _thread, LinuxSockets.GetThread());
        while (true)
        {
            int count = LinuxSockets.Poll(_poll, events, EventsAtATime, -1);
            Volatile.Write(ref _turns.Value, _turns.Value + 1);
            IPolled?[] polled = Volatile.Read(ref _polled);
            for (byte* next = events; next < events + count * EventBytes; next += EventBytes)
                Dispatch(polled, *(uint*)next, *(ulong*)(next + DataOffset));
        }
    }

    private void Dispatch(IPolled?[] polled, uint events, ulong data)
    {
        // An event of a socket that is closed by now, whose descriptor may be somebody else's, is nobody's.
        if (Volatile.Read(ref polled[(uint)data]) is not { } target || target.Generation != data >> 32)
            return;
        try
        {
            target.OnEvents(events);
        }
        catch (Exception e)
        {
            _log.Unexpected(e);
        }
    }
}
