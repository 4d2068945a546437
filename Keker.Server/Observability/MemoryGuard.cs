namespace Keker.Server.Observability;

/// <summary>
/// Watches the heap against what the process may use (the machine, its container, or DOTNET_GCHeapHardLimit), so that work is refused
/// before there is no memory left to refuse it with.
/// </summary>
/// <remarks>Thread-safe; two checks at a time may both collect, which is harmless.</remarks>
internal sealed class MemoryGuard(MonotonicClock clock)
{
    private const double SoftMark = 0.70;
    private const double HardMark = 0.85;

    /// <summary>Milliseconds between collections that are made to find out how much of the heap is garbage.</summary>
    private const long CollectInterval = 5_000;

    /// <summary>Less than this allocated between two heartbeats: nobody will notice a collection.</summary>
    private const long QuietBytes = 256 << 10;

    /// <summary>Garbage that is worth one.</summary>
    private const long WorthwhileBytes = 8 << 20;

    private volatile MemoryPressure _pressure;
    private long _allocatedAtBeat;
    private long _allocatedAtCollection;
    private long _collectedAt = -CollectInterval;

    /// <summary>Bytes that the process may use.</summary>
    public static long Limit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public MemoryPressure Pressure => _pressure;

    /// <summary>Measures anew.</summary>
    public void Check()
    {
        MemoryPressure pressure = Measure();

        // What looks full may be garbage that no collection has come to yet.
        if (pressure != MemoryPressure.None && clock.Now - _collectedAt >= CollectInterval)
        {
            _collectedAt = clock.Now;
            GC.Collect();
            pressure = Measure();
        }
        _pressure = pressure;
    }

    /// <summary>
    /// After a burst, of connections say, what it left behind stays in memory until the next collection, which an idle server has no reason
    /// to make. So it is made here, once it is quiet. Called at every heartbeat.
    /// </summary>
    public void CollectWhenQuiet()
    {
        long allocated = GC.GetTotalAllocatedBytes();
        bool isQuiet = allocated - _allocatedAtBeat < QuietBytes;
        _allocatedAtBeat = allocated;
        if (!isQuiet || allocated - _allocatedAtCollection < WorthwhileBytes)
            return;
        _allocatedAtCollection = allocated;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static MemoryPressure Measure()
    {
        double share = (double)GC.GetTotalMemory(forceFullCollection: false) / Limit;
        return share >= HardMark ? MemoryPressure.Hard : share >= SoftMark ? MemoryPressure.Soft : MemoryPressure.None;
    }
}
