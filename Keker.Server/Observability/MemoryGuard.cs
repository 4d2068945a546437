namespace Keker.Server.Observability;

/// <summary>
/// Watches what the process uses against what it may use (the machine, its container, or DOTNET_GCHeapHardLimit), the heap and all of its memory, so
/// that work is refused before there is no memory left to refuse it with.
/// </summary>
/// <remarks>Thread-safe; two checks at a time may both collect, which is harmless. <see cref="CollectWhenQuiet"/> is the heartbeat's.</remarks>
internal sealed class MemoryGuard(MonotonicClock clock, MemoryFigures figures)
{
    private const double SoftMark = 0.70;
    private const double HardMark = 0.85;

    /// <summary>Milliseconds between collections that are made to find out how much of the heap is garbage.</summary>
    private const long CollectInterval = 5_000;

    /// <summary>Less than this allocated between two heartbeats: nobody will notice a collection.</summary>
    private const long QuietBytes = 256 << 10;

    /// <summary>Heartbeats in which nothing was published and hardly anything allocated: what comes next is not near.</summary>
    private const int QuietBeats = 2;

    /// <summary>Garbage that is worth a collection.</summary>
    private const long WorthwhileBytes = 8 << 20;

    /// <summary>A larger heap is not compacted while everybody waits: 2 ms for each MiB, and 0.8 s were seen at 250 MB.</summary>
    private const long MostBytesToCompact = 64 << 20;

    private volatile MemoryPressure _pressure;
    private long _collectedAt = -CollectInterval;
    private long _allocatedAtBeat;
    private long _publishedAtBeat;
    private long _allocatedAtCollection;
    private int _quietBeats;
    private bool _isToCompact;

    /// <summary>Bytes that the process may use.</summary>
    public long Limit { get; } = Math.Min(figures.HeapLimit, figures.ResidentLimit);

    public MemoryPressure Pressure => _pressure;

    /// <summary>Measures anew.</summary>
    public void Check()
    {
        MemoryPressure pressure = Measure();

        // What looks full may be garbage that no collection has come to yet, or that the heap has not given back.
        if (pressure != MemoryPressure.None && clock.Now - _collectedAt >= CollectInterval)
        {
            _collectedAt = clock.Now;
            Collect();
            pressure = Measure();
        }
        _pressure = pressure;
    }

    /// <summary>
    /// After a burst, of connections say, what it left behind stays in memory until the next collection, which an idle server has no reason
    /// to make. So it is made here, once it has been quiet for a while. Called at every heartbeat.
    /// </summary>
    /// <param name="published">Messages published so far.</param>
    /// <param name="letGo">Called before a collection: lets go of what is kept to be used again.</param>
    public void CollectWhenQuiet(long published, Action letGo)
    {
        long allocated = figures.AllocatedBytes;
        bool isQuiet = published == _publishedAtBeat && allocated - _allocatedAtBeat < QuietBytes;
        _publishedAtBeat = published;
        _allocatedAtBeat = allocated;
        _quietBeats = isQuiet ? _quietBeats + 1 : 0;
        bool isWorthwhile = _isToCompact ? figures.HeapBytes <= MostBytesToCompact : allocated - _allocatedAtCollection >= WorthwhileBytes;
        if (_quietBeats < QuietBeats || !isWorthwhile)
            return;
        _quietBeats = 0;
        letGo();

        // A collection beside others shows how much was garbage. Where hardly anything is left, the second one gives the rest back.
        _isToCompact = !Collect();
        _allocatedAtCollection = figures.AllocatedBytes;
    }

    /// <returns>False when it went beside others, and the heap is not compact.</returns>
    private bool Collect()
    {
        bool compacts = figures.HeapBytes <= MostBytesToCompact;
        figures.Collect(compacts);
        return compacts;
    }

    private MemoryPressure Measure()
    {
        double share = Math.Max((double)figures.HeapBytes / figures.HeapLimit, (double)figures.ResidentBytes / figures.ResidentLimit);
        return share >= HardMark ? MemoryPressure.Hard : share >= SoftMark ? MemoryPressure.Soft : MemoryPressure.None;
    }
}
