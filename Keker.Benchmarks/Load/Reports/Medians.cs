using Keker.Benchmarks.Load.Measures;

namespace Keker.Benchmarks.Load.Reports;

/// <summary>One row for several rounds of a peer.</summary>
internal static class Medians
{
    /// <summary>Medians of what was measured, sums of what went wrong, and all latencies together.</summary>
    /// <param name="runs">All of one peer, at least one; failed ones are left out unless all are.</param>
    public static RunResult Of(IReadOnlyCollection<RunResult> runs)
    {
        RunResult[] good = [.. runs.Where(run => run.Failure is null)];
        RunResult[] used = good.Length > 0 ? good : [.. runs];
        var latency = new LatencyHistogram();
        foreach (RunResult run in used)
            latency.Add(run.Latency);
        return new RunResult
        {
            Peer = used[0].Peer,
            Failure = good.Length > 0 ? null : used[0].Failure,
            Seconds = used.Sum(run => run.Seconds),
            Count = used.Sum(run => run.Count),
            PerSecond = Median(used, run => run.PerSecond),
            ServerCpuMicroseconds = Median(used, run => run.ServerCpuMicroseconds),
            KernelShare = Median(used, run => run.KernelShare),
            ServerBusy = Median(used, run => run.ServerBusy),
            LatencyMicroseconds = latency.Count == 0 ? null : new LatencySummary(
                Median(used, run => run.LatencyMicroseconds?.P50) ?? 0,
                Median(used, run => run.LatencyMicroseconds?.P90) ?? 0,
                Median(used, run => run.LatencyMicroseconds?.P99) ?? 0,
                Median(used, run => run.LatencyMicroseconds?.P999) ?? 0,
                Median(used, run => run.LatencyMicroseconds?.Max) ?? 0),
            ResidentMiB = Median(used, run => run.ResidentMiB),
            BytesPerSession = Median(used, run => run.BytesPerSession),
            Lost = runs.Sum(run => run.Lost),
            Duplicated = runs.Sum(run => run.Duplicated),
            OutOfOrder = runs.Sum(run => run.OutOfOrder),
            Misrouted = runs.Sum(run => run.Misrouted),
            Damaged = runs.Sum(run => run.Damaged),
            Refused = runs.Sum(run => run.Refused),
            Closed = runs.Sum(run => run.Closed),
            GeneratorBusy = Median(used, run => run.GeneratorBusy) ?? 0,
            OthersBusy = Median(used, run => run.OthersBusy),
            Latency = latency,
        };
    }

    private static double? Median(RunResult[] runs, Func<RunResult, double?> value)
    {
        double[] values = [.. runs.Select(value).OfType<double>().Order()];
        return values.Length == 0 ? null : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
