using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Keker.Server.Net;

/// <summary>Something that a loop polls and that anybody can make ready (eventfd(2)): a loop with nothing to do takes a turn for it. Thread-safe.</summary>
internal sealed unsafe class LoopWaker : IPolled
{
    /// <exception cref="Win32Exception">The system has no descriptor left for it.</exception>
    public LoopWaker()
    {
        Descriptor = LinuxSockets.CreateEvent(0, LinuxSockets.CloseOnExecute | LinuxSockets.NonBlocking);
        if (Descriptor < 0)
            throw new Win32Exception(Marshal.GetLastSystemError());
    }

    public int Descriptor { get; }

    public uint Generation { get; set; }

    /// <summary>Has the loop take a turn.</summary>
    public void Wake()
    {
        // Each write is an edge, whether the ones before it were read or not: nobody has to read them.
        ulong one = 1;
        _ = LinuxSockets.Write(Descriptor, &one, sizeof(ulong));
    }

    public void OnEvents(uint events)
    {
    }
}
