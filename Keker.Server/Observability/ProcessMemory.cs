namespace Keker.Server.Observability;

/// <summary>
/// The real figures: those of the collector, and of the container (control group) that the process is in, or of the process where there is no
/// limit but the collector's.
/// </summary>
internal sealed class ProcessMemory : MemoryFigures
{
    private readonly ControlGroup? _group = ControlGroup.OfProcess();

    public override long HeapLimit { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public override long HeapBytes => GC.GetTotalMemory(forceFullCollection: false);

    public override long AllocatedBytes => GC.GetTotalAllocatedBytes();

    public override long ResidentLimit => _group?.Limit ?? HeapLimit;

    public override long ResidentBytes => _group?.UsedBytes ?? OwnBytes();

    public override void Collect(bool compacts)
    {
        if (compacts)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        else
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
    }

    /// <summary>The second number of /proc/self/statm, in pages (proc(5)).</summary>
    private static long OwnBytes()
    {
        if (!OperatingSystem.IsLinux())
            return Environment.WorkingSet;
        try
        {
            string[] pages = File.ReadAllText("/proc/self/statm").Split(' ');
            return pages.Length > 1 && long.TryParse(pages[1], out long resident) ? resident * Environment.SystemPageSize : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
