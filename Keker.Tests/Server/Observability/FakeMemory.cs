using Keker.Server.Observability;

namespace Keker.Tests.Server.Observability;

/// <summary>A machine with as much memory as a test says, and a collector that remembers how it was called.</summary>
internal sealed class FakeMemory(long limit = 256 << 20) : MemoryFigures
{
    /// <summary>Collections so far; true for one that compacts while everybody waits.</summary>
    public List<bool> Collections { get; } = [];

    /// <summary>What the heap has after a collection; null when it is no less.</summary>
    public long? HeapBytesAfter { get; set; }

    /// <summary>What the process has after a collection; null when it is no less.</summary>
    public long? ResidentBytesAfter { get; set; }

    public long Heap { get; set; }

    public long Resident { get; set; }

    public long Allocated { get; set; }

    public override long HeapLimit => limit;

    public override long HeapBytes => Heap;

    public override long AllocatedBytes => Allocated;

    public override long ResidentLimit => limit;

    public override long ResidentBytes => Resident;

    public override void Collect(bool compacts)
    {
        Collections.Add(compacts);
        Heap = HeapBytesAfter ?? Heap;
        Resident = ResidentBytesAfter ?? Resident;
    }
}
