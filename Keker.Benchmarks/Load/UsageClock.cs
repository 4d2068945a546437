using System.Diagnostics;
using Keker.Benchmarks.Load.Measures;

namespace Keker.Benchmarks.Load;

/// <summary>What everybody had used at one moment, and what was used since. Reads the kernel when made.</summary>
internal sealed class UsageClock
{
    private readonly LoadedServer _server;
    private readonly long _timestamp = Stopwatch.GetTimestamp();
    private readonly TimeSpan _own = Environment.CpuUsage.TotalTime;
    private readonly TimeSpan? _machine = ProcessSampler.SampleMachine();
    private readonly ProcessSample? _sample;

    public UsageClock(LoadedServer server)
    {
        _server = server;
        _sample = server.Sample();
    }

    public double Seconds => Stopwatch.GetElapsedTime(_timestamp).TotalSeconds;

    /// <summary>Seconds of processor time of this program.</summary>
    public double OwnCpu => (Environment.CpuUsage.TotalTime - _own).TotalSeconds;

    /// <summary>Processors that programs other than server and generator kept busy; null when that is not known.</summary>
    public double? OthersBusy => Server is { } server && ProcessSampler.SampleMachine() - _machine is { } machine
        ? Math.Max(0, (machine.TotalSeconds - server.Cpu.TotalSeconds - OwnCpu) / Seconds)
        : null;

    /// <summary>What the server has used; null when that is not known.</summary>
    public ProcessSample? Server => _sample is { } before && _server.Sample() is { } now ? now.Since(before) : null;
}
