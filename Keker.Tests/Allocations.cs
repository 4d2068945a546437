using System.Runtime.ExceptionServices;

namespace Keker.Tests;

/// <summary>Measures what code allocates, and nothing else, on a busy machine too. Every test of allocations uses it.</summary>
internal static class Allocations
{
    private const int Attempts = 30;

    /// <summary>
    /// Bytes that an action allocates on its thread once it is warm: the least of several attempts. What the action itself allocates is in every
    /// one of them. The runtime adds to some: a static constructor or a cache of a thread at first, and a collection that another thread begins
    /// takes the rest of the thread's piece of the heap away, which counts as allocated.
    /// </summary>
    /// <param name="action">What is measured; it runs many times, on a thread that runs nothing else.</param>
    /// <param name="rounds">How often the action runs in an attempt: more than once where it may allocate only now and then.</param>
    /// <param name="enough">An attempt with no more bytes than this is the last.</param>
    public static long Least(Action action, int rounds = 1, long enough = 0)
    {
        long least = long.MaxValue;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // The first is for warming up.
                Measure(action, rounds);
                for (int i = 0; i < Attempts && least > enough; i++)
                    least = Math.Min(least, Measure(action, rounds));
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return least;
    }

    private static long Measure(Action action, int rounds)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < rounds; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
