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

    private volatile MemoryPressure _pressure;
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

    private static MemoryPressure Measure()
    {
        double share = (double)GC.GetTotalMemory(forceFullCollection: false) / Limit;
        return share >= HardMark ? MemoryPressure.Hard : share >= SoftMark ? MemoryPressure.Soft : MemoryPressure.None;
    }
}
