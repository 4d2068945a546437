namespace Keker.Server.Observability;

/// <summary>What the system knows of this process. Thread-safe.</summary>
/// <param name="connections">How many descriptors are connections.</param>
internal sealed class ProcessFigures(Counter connections)
{
    /// <summary>
    /// Over that many connections the descriptors are not counted one by one: each takes some 7 us of the loop that answers. The others are as many as they were
    /// when they were last counted.
    /// </summary>
    private const int MostCounted = 100;

    private long _others;

    /// <summary>Seconds of processor time, of the kernel's for it, too.</summary>
    public static double ProcessorSeconds => OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
        ? Environment.CpuUsage.TotalTime.TotalSeconds
        : double.NaN;

    /// <summary>Bytes in memory.</summary>
    public static double ResidentBytes => Environment.WorkingSet;

    /// <summary>Open descriptors; NaN where that is not known.</summary>
    public double OpenDescriptors
    {
        get
        {
            long connected = connections.Value;
            if (connected <= MostCounted && !TryCountOthers(connected))
                return double.NaN;
            return connected + Volatile.Read(ref _others);
        }
    }

    private bool TryCountOthers(long connected)
    {
        try
        {
            // One is that of the directory itself, while it is read.
            long open = Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount() - 1;
            Volatile.Write(ref _others, open - connected);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
