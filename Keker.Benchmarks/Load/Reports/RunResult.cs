using System.Text.Json.Serialization;
using Keker.Benchmarks.Load.Measures;

namespace Keker.Benchmarks.Load.Reports;

/// <summary>What one run has shown. Null is what was not measured or cannot be known here. The names are those of the JSON report.</summary>
internal sealed record RunResult
{
    public required string Peer { get; init; }

    /// <summary>From 1; 0 for medians.</summary>
    public int Round { get; init; }

    /// <summary>Why the run failed, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>The measured time.</summary>
    public double Seconds { get; init; }

    /// <summary>Messages delivered, requests answered or connections opened in it, and so in each second.</summary>
    public long Count { get; init; }

    public double? PerSecond { get; init; }

    /// <summary>Processor time of the server for each of them.</summary>
    public double? ServerCpuMicroseconds { get; init; }

    /// <summary>The part of the server's processor time that passed in the kernel, from 0 to 1.</summary>
    public double? KernelShare { get; init; }

    /// <summary>Processors that the server kept busy.</summary>
    public double? ServerBusy { get; init; }

    public LatencySummary? LatencyMicroseconds { get; init; }

    public double? ResidentMiB { get; init; }

    /// <summary>By how much resident memory grew for each idle session.</summary>
    public double? BytesPerSession { get; init; }

    public long Lost { get; init; }

    public long Duplicated { get; init; }

    public long OutOfOrder { get; init; }

    public long Misrouted { get; init; }

    public long Damaged { get; init; }

    /// <summary>Publishes that the server did not take.</summary>
    public long Refused { get; init; }

    /// <summary>Sessions that the server has ended.</summary>
    public long Closed { get; init; }

    /// <summary>The part of its processors that the generator used, from 0 to 1; near 1 it is what limits the rate.</summary>
    public double GeneratorBusy { get; init; }

    /// <summary>Processors that other programs kept busy.</summary>
    public double? OthersBusy { get; init; }

    [JsonIgnore]
    public LatencyHistogram Latency { get; init; } = new();

    [JsonIgnore]
    public long Wrong => Lost + Duplicated + OutOfOrder + Misrouted + Damaged + Refused + Closed;

    [JsonIgnore]
    public bool IsGood => Failure is null && Wrong == 0;

    /// <summary>Fills in what follows from a count in so many seconds, and from what the server has used meanwhile.</summary>
    public RunResult With(ProcessSample? used, long count, double seconds) => this with
    {
        Seconds = seconds,
        Count = count,
        PerSecond = count / seconds,
        ServerCpuMicroseconds = count > 0 ? used?.Cpu.TotalMicroseconds / count : null,
        KernelShare = ProcessSampler.KnowsKernel && used is { Cpu.Ticks: > 0 } ? used.Value.Kernel / used.Value.Cpu : null,
        ServerBusy = used?.Cpu.TotalSeconds / seconds,
        ResidentMiB = used?.ResidentBytes / (double)(1 << 20),
    };
}
