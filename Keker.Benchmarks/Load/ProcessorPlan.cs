using System.Diagnostics;
using System.Globalization;

namespace Keker.Benchmarks.Load;

/// <summary>Which processors the server and the generator get.</summary>
/// <param name="Server">In the notation of taskset, or null for all.</param>
/// <param name="Generator">In the notation of taskset, or null for all.</param>
/// <param name="GeneratorCount">How many the generator may use.</param>
/// <param name="Text">What was decided, for the user.</param>
internal sealed record ProcessorPlan(string? Server, string? Generator, int GeneratorCount, string Text)
{
    private const string Taskset = "/usr/bin/taskset";

    /// <summary>Decides; the first processor for the server if there are others for the generator.</summary>
    public static ProcessorPlan Make(bool isWanted, bool isServerOurs)
    {
        string? reason = !isServerOurs ? "the server is not ours"
            : !isWanted ? "--nopin"
            : !OperatingSystem.IsLinux() ? "this is not Linux"
            : !File.Exists(Taskset) ? $"there is no {Taskset}"
            : Environment.ProcessorCount < 2 ? "there is only one processor"
            : null;
        int[] processors = reason is null ? Allowed() : [];
        if (reason is null && processors.Length < 2)
            reason = "only one processor may be used";
        return reason is not null
            ? new ProcessorPlan(null, null, Environment.ProcessorCount, $"server and generator share all processors: {reason}")
            : new ProcessorPlan(
                $"{processors[0]}",
                string.Join(',', processors[1..]),
                processors.Length - 1,
                $"server on processor {processors[0]}, generator on {string.Join(',', processors[1..])}");
    }

    /// <summary>Moves all threads of this process to the processors of the generator.</summary>
    /// <returns>A complaint of taskset, or null.</returns>
    public string? Apply()
    {
        if (Generator is null)
            return null;
        var start = new ProcessStartInfo(Taskset, ["-a", "-c", "-p", Generator, $"{Environment.ProcessId}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : complaint.Trim();
    }

    /// <summary>Makes the command start on the processors of the server.</summary>
    public void ApplyTo(ProcessStartInfo start)
    {
        if (Server is null)
            return;
        string[] arguments = ["-c", Server, start.FileName, .. start.ArgumentList];
        start.FileName = Taskset;
        start.ArgumentList.Clear();
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
    }

    /// <summary>Reads lists like "0-3,8" (proc(5): Cpus_allowed_list).</summary>
    private static int[] Allowed()
    {
        const string field = "Cpus_allowed_list:";
        string list = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..];
        return [.. list.Split(',').SelectMany(range =>
        {
            int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        })];
    }
}
