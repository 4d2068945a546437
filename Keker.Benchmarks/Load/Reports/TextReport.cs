using Keker.Benchmarks.Load.Options;

namespace Keker.Benchmarks.Load.Reports;

/// <summary>The tables for people.</summary>
internal static class TextReport
{
    private const double MuchOfGenerator = 0.9;
    private const double MuchOfOthers = 0.2;

    /// <param name="mode">What was measured.</param>
    /// <param name="rows">One for each peer, Keker first.</param>
    /// <param name="rounds">How many runs are behind each.</param>
    /// <param name="output">Where to.</param>
    public static void Print(LoadMode mode, IReadOnlyList<RunResult> rows, int rounds, TextWriter output)
    {
        output.WriteLine();
        if (rounds > 1)
            output.WriteLine($"Medians of {rounds} rounds; what went wrong is summed.");
        PrintMeasures(mode, rows, output);
        PrintFindings(rows, output);
        foreach (RunResult row in rows.Where(row => row.Latency.Count > 0))
        {
            output.WriteLine();
            output.WriteLine($"Latency of {row.Peer}, {LatencyMeans(mode)}:");
            HistogramChart.Print(row.Latency, output);
        }
        if (rows.Count > 1)
            PrintRatios(rows, output);
        output.WriteLine();
        if (rows.Any(row => row.GeneratorBusy > MuchOfGenerator))
            output.WriteLine("The generator was busy over 90 %: there it may limit the rate, not the server. The server's processor time is right all the same.");
        if (rows.Any(row => row.OthersBusy > MuchOfOthers))
            output.WriteLine("Other programs kept processors busy: rates and latencies are worse than on a quiet machine. Compare the server's processor time.");
    }

    private static void PrintMeasures(LoadMode mode, IReadOnlyList<RunResult> rows, TextWriter output)
    {
        string unit = mode switch { LoadMode.Http => "request", LoadMode.Idle or LoadMode.Connect => "connection", _ => "message" };
        var table = new ReportTable(
            "peer", $"{unit}s/s", $"server µs/{unit}", "kernel", "server busy", "p50", "p90", "p99", "p99.9", "max", "bytes/session", "RSS MiB", "lost", "generator busy", "others busy");
        foreach (RunResult row in rows)
        {
            table.Add(
                row.Peer,
                Format.Whole(row.PerSecond),
                Format.Short(row.ServerCpuMicroseconds),
                Format.Percent(row.KernelShare),
                Format.Percent(row.ServerBusy),
                Format.Duration(row.LatencyMicroseconds?.P50),
                Format.Duration(row.LatencyMicroseconds?.P90),
                Format.Duration(row.LatencyMicroseconds?.P99),
                Format.Duration(row.LatencyMicroseconds?.P999),
                Format.Duration(row.LatencyMicroseconds?.Max),
                Format.Whole(row.BytesPerSession),
                Format.Short(row.ResidentMiB),
                Format.Whole(row.Lost),
                Format.Percent(row.GeneratorBusy),
                Format.Percent(row.OthersBusy));
        }
        table.Print(output);
    }

    private static void PrintFindings(IReadOnlyList<RunResult> rows, TextWriter output)
    {
        foreach (RunResult row in rows.Where(row => !row.IsGood))
        {
            (string Name, long Count)[] findings =
            [
                ("lost", row.Lost), ("duplicated", row.Duplicated), ("out of order", row.OutOfOrder), ("for another token", row.Misrouted),
                ("damaged", row.Damaged), ("refused", row.Refused), ("sessions closed by the server", row.Closed),
            ];
            IEnumerable<string> texts = findings.Where(finding => finding.Count > 0).Select(finding => $"{finding.Name}: {finding.Count}");
            output.WriteLine($"{row.Peer} FAILED: {string.Join(", ", (row.Failure is null ? [] : new[] { row.Failure }).Concat(texts))}");
        }
    }

    private static string LatencyMeans(LoadMode mode) => mode switch
    {
        LoadMode.Http => "from writing a request to its answer",
        LoadMode.Connect => "from connecting to the end of the handshake",
        _ => "from writing a publish to its arrival at a subscriber",
    };

    private static void PrintRatios(IReadOnlyList<RunResult> rows, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{rows[0].Peer} / peer (of rates more is better, of all else less)");
        var table = new ReportTable("peer", "rate", "server time", "p50", "p99", "bytes/session", "RSS");
        foreach (RunResult row in rows.Skip(1))
        {
            table.Add(
                row.Peer,
                Ratio(rows[0], row, run => run.PerSecond),
                Ratio(rows[0], row, run => run.ServerCpuMicroseconds),
                Ratio(rows[0], row, run => run.LatencyMicroseconds?.P50),
                Ratio(rows[0], row, run => run.LatencyMicroseconds?.P99),
                Ratio(rows[0], row, run => run.BytesPerSession),
                Ratio(rows[0], row, run => run.ResidentMiB));
        }
        table.Print(output);
    }

    private static string Ratio(RunResult keker, RunResult peer, Func<RunResult, double?> value) =>
        keker.Failure is null && peer.Failure is null && value(peer) is > 0 and { } other ? Format.Short(value(keker) / other) : "";
}
