namespace Keker.Server.Observability;

/// <summary>How much memory the process may use and uses, as the guard sees it, and how it is given back. Thread-safe.</summary>
internal abstract class MemoryFigures
{
    /// <summary>Bytes that the managed heap may have.</summary>
    public abstract long HeapLimit { get; }

    /// <summary>Bytes of objects on it, garbage that no collection has come to included.</summary>
    public abstract long HeapBytes { get; }

    /// <summary>Bytes ever allocated on it.</summary>
    public abstract long AllocatedBytes { get; }

    /// <summary>Bytes that the process may have in all; over them the system ends it.</summary>
    public abstract long ResidentLimit { get; }

    /// <summary>
    /// Bytes that it has in all: the heap, OpenSSL, the kernel's buffers where they are counted. Not what can be dropped at any time, as cached
    /// files.
    /// </summary>
    public abstract long ResidentBytes { get; }

    /// <summary>Collects garbage.</summary>
    /// <param name="compacts">
    /// True stops everybody until the heap is compact and the rest is given back to the system: some 2 ms for each MiB of live objects. False collects beside the
    /// threads that serve.
    /// </param>
    public abstract void Collect(bool compacts);
}
