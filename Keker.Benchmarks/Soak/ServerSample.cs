namespace Keker.Benchmarks.Soak;

/// <summary>What the server holds at one moment: by the kernel's account, and by its own.</summary>
internal readonly record struct ServerSample(
    long ResidentBytes, long Descriptors, long Threads, TimeSpan Cpu, long Sessions, long Connections, long LogBytes, long CachedBytes, long SlowConsumers,
    long UnconfirmedLost)
{
    /// <summary>The larger one of each.</summary>
    public ServerSample Max(ServerSample other) => new(
        Math.Max(ResidentBytes, other.ResidentBytes),
        Math.Max(Descriptors, other.Descriptors),
        Math.Max(Threads, other.Threads),
        Cpu > other.Cpu ? Cpu : other.Cpu,
        Math.Max(Sessions, other.Sessions),
        Math.Max(Connections, other.Connections),
        Math.Max(LogBytes, other.LogBytes),
        Math.Max(CachedBytes, other.CachedBytes),
        Math.Max(SlowConsumers, other.SlowConsumers),
        Math.Max(UnconfirmedLost, other.UnconfirmedLost));
}
