namespace Keker.Server.Observability;

/// <summary>Whether the server wants traffic, and if not, why: the list of reasons. Thread-safe.</summary>
internal sealed class Readiness(MemoryGuard memory)
{
    private volatile bool _isStopping;

    /// <summary>Why no traffic is wanted now, in words for whoever asks; empty when it is.</summary>
    public ReadOnlySpan<byte> Refusal =>
        _isStopping ? "stopping"u8 :
        memory.Pressure != MemoryPressure.None ? "short of memory"u8 :
        default;

    /// <summary>The server is told to stop, now or soon: from here on no traffic is wanted any more.</summary>
    public void BeginStop() => _isStopping = true;
}
