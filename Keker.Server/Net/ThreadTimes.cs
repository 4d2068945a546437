using System.Globalization;

namespace Keker.Server.Net;

/// <summary>What the kernel knows of threads of this process. Stateless, thread-safe.</summary>
internal static class ThreadTimes
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>
    /// Seconds in which a thread was on a processor or waited for one: <c>/proc/self/task/ID/schedstat</c> has both in nanoseconds, and then the number of its
    /// turns (Documentation/scheduler/sched-stats.rst).
    /// </summary>
    /// <returns>NaN where the kernel does not tell.</returns>
    public static double BusySeconds(int thread)
    {
        try
        {
            string[] numbers = File.ReadAllText($"/proc/self/task/{thread.ToString(CultureInfo.InvariantCulture)}/schedstat").Split(' ');

            // A thread that has never had a turn does not ask: such a kernel keeps no figures.
            return numbers[2].Trim() == "0"
                ? double.NaN
                : (double.Parse(numbers[0], CultureInfo.InvariantCulture) + double.Parse(numbers[1], CultureInfo.InvariantCulture)) / NanosecondsPerSecond;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return double.NaN;
        }
    }
}
