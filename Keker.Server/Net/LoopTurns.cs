using System.Runtime.InteropServices;

namespace Keker.Server.Net;

/// <summary>A number that one thread writes at every turn, on a cache line that nobody else uses.</summary>
/// <remarks>A mutable struct: keep it in a field.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct LoopTurns
{
    [FieldOffset(64)]
    public long Value;
}
