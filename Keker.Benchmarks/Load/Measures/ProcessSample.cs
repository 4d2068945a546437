namespace Keker.Benchmarks.Load.Measures;

/// <summary>What a process and its children had used at one moment.</summary>
/// <param name="User">Processor time in user mode; all of it where the system does not tell them apart.</param>
/// <param name="Kernel">Processor time in the kernel.</param>
/// <param name="ResidentBytes">Memory; what processes share is counted for each.</param>
internal readonly record struct ProcessSample(TimeSpan User, TimeSpan Kernel, long ResidentBytes)
{
    public TimeSpan Cpu => User + Kernel;

    /// <summary>Times since an earlier moment, memory of now.</summary>
    public ProcessSample Since(ProcessSample earlier) => new(User - earlier.User, Kernel - earlier.Kernel, ResidentBytes);
}
