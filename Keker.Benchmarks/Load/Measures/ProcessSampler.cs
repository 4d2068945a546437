using System.Diagnostics;
using System.Globalization;

namespace Keker.Benchmarks.Load.Measures;

/// <summary>Asks the kernel what a process and all its descendants use; elsewhere than on Linux, what the process alone uses.</summary>
internal static class ProcessSampler
{
    /// <summary>The unit of /proc/PID/stat, whatever the kernel's own (proc(5): sysconf(_SC_CLK_TCK)).</summary>
    private const int TicksPerSecond = 100;

    // Fields of /proc/PID/stat behind the name of the program, which is in parentheses and may hold anything.
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int KernelField = 12;
    private const int ResidentPagesField = 21;

    /// <summary>User, nice, system, irq and softirq of the first line of /proc/stat; idle and iowait lie between.</summary>
    private static readonly int[] BusyFields = [1, 2, 3, 6, 7];

    /// <summary>Whether time in the kernel is told from the other.</summary>
    public static bool KnowsKernel => OperatingSystem.IsLinux();

    public static ProcessSample Sample(Process process)
    {
        if (!OperatingSystem.IsLinux())
        {
            process.Refresh();
            return new ProcessSample(process.TotalProcessorTime, TimeSpan.Zero, process.WorkingSet64);
        }
        Dictionary<int, string[]> all = ReadAll();
        var family = new List<int> { process.Id };
        for (int i = 0; i < family.Count; i++)
            family.AddRange(all.Where(entry => Number(entry.Value, ParentField) == family[i]).Select(entry => entry.Key));

        ProcessSample sum = default;
        foreach (string[] fields in family.Where(all.ContainsKey).Select(id => all[id]))
        {
            sum = new ProcessSample(
                sum.User + TimeSpan.FromSeconds((double)Number(fields, UserField) / TicksPerSecond),
                sum.Kernel + TimeSpan.FromSeconds((double)Number(fields, KernelField) / TicksPerSecond),
                sum.ResidentBytes + Number(fields, ResidentPagesField) * Environment.SystemPageSize);
        }
        return sum;
    }

    /// <summary>Processor time of all programs since the machine started; null elsewhere than on Linux.</summary>
    public static TimeSpan? SampleMachine()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long ticks = BusyFields.Sum(index => Number(fields, index));
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    private static Dictionary<int, string[]> ReadAll()
    {
        var all = new Dictionary<int, string[]>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            try
            {
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                all[id] = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }
        return all;
    }

    private static long Number(string[] fields, int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
}
