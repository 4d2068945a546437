namespace Keker.Tests.Protocol.WebSocket;

internal static class Allocations
{
    /// <summary>
    /// Bytes that an action allocates on its thread once it is warm: the least of several rounds, since the runtime itself may allocate in
    /// one of them, when it replaces a running method by a faster one, say.
    /// </summary>
    public static long Least(Action action)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
