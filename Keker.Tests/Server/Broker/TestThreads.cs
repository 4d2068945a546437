using System.Runtime.ExceptionServices;

namespace Keker.Tests.Server.Broker;

/// <summary>Runs actions at the same time on threads of their own and hands on the first failure.</summary>
internal static class TestThreads
{
    public static void Run(params Action[] actions)
    {
        using var start = new Barrier(actions.Length);
        Exception? failure = null;
        Thread[] threads = [.. actions.Select(action => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                action();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.That(thread.Join(TestBroker.Patience), Is.True, "a thread hangs");
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Starts an action and returns once it waits for something (a lock, an event) or has ended.</summary>
    public static Thread StartUntilItWaits(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        TestBroker.WaitUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !thread.IsAlive, "the thread runs on");
        return thread;
    }
}
