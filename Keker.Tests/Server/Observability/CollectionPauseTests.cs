using System.Text;
using Keker.Server.Broker.Sessions;
using Keker.Server.Observability;
using Keker.Tests.Server.Broker;
using Keker.Tests.Server.Http;

namespace Keker.Tests.Server.Observability;

/// <summary>What a collection costs those who are served, with many sessions. A measurement.</summary>
[Explicit("measures the machine it runs on")]
internal sealed class CollectionPauseTests
{
    [Test]
    public void How_long_everybody_waits_with_100_000_sessions()
    {
        using var server = new TestServer();
        var memory = new ProcessMemory();
        var sessions = new List<Session>();
        for (int i = 0; i < 100_000; i++)
        {
            var session = new Session(new SinkTransport(), server.Broker.Context) { Confirms = true };
            server.Broker.Subscribe(session, Encoding.UTF8.GetBytes($"token {i}"));
            sessions.Add(session);
        }
        foreach (bool compacts in (bool[])[false, true, false, true])
        {
            byte[][] garbage = [.. Enumerable.Range(0, 20_000).Select(_ => new byte[4096])];
            GC.KeepAlive(garbage);
            GC.WaitForPendingFinalizers();
            TimeSpan before = GC.GetTotalPauseDuration();
            int collections = GC.CollectionCount(GC.MaxGeneration);
            var watch = System.Diagnostics.Stopwatch.StartNew();
            memory.Collect(compacts);
            TimeSpan call = watch.Elapsed;
            Thread.Sleep(3000);
            TestContext.Out.WriteLine($"compacts {compacts}: pause {(GC.GetTotalPauseDuration() - before).TotalMilliseconds:F1} ms, call {call.TotalMilliseconds:F1} ms, heap {memory.HeapBytes >> 20} MiB, resident {memory.ResidentBytes >> 20} MiB, concurrent {GC.GetGCMemoryInfo(GCKind.Background).Index}, gen2 {GC.CollectionCount(2) - collections}");
        }
        GC.KeepAlive(sessions);
    }
}
