using Keker.Benchmarks.Load.Measures;
using Keker.Benchmarks.Load.Options;
using Keker.Benchmarks.Load.Peers;
using Keker.Benchmarks.Load.Reports;

namespace Keker.Benchmarks.Load;

/// <summary>One run in which sessions are opened, held, and counted: what each takes, and whether all are still there.</summary>
internal sealed class IdleRun(LoadOptions options, Peer peer, LoadedServer server, int generatorProcessors, Progress progress)
{
    /// <summary>Sessions that are asked in the end whether they still get messages.</summary>
    private const int Asked = 1000;

    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        using var traffic = new Traffic(options, peer, server.EndPoint);
        using var subscribers = new SubscriberPool(traffic);
        ProcessSample? before = server.Sample();
        await subscribers.OpenAsync(stop);
        progress.Say($"{options.Connections} sessions are open");

        var clock = new UsageClock(server);
        await progress.WaitAsync("holding", options.Hold, () => 0, null, stop);
        double seconds = clock.Seconds;
        ProcessSample? used = clock.Server;
        double ownCpu = clock.OwnCpu;
        double? othersBusy = clock.OthersBusy;

        int open = subscribers.Open;
        int step = Math.Max(1, options.Connections / Asked);
        int[] Silent() => [.. subscribers.SilentTokens.Where(token => token % step == 0)];
        bool isAnswering = await Prober.ProbeAsync(traffic, Silent, stop);
        subscribers.Leave();
        return new RunResult
        {
            Peer = peer.Name,
            Failure = isAnswering ? null : "some sessions no longer receive anything",
            Seconds = seconds,
            Count = open,
            ServerBusy = used?.Cpu.TotalSeconds / seconds,
            ResidentMiB = used?.ResidentBytes / (double)(1 << 20),
            BytesPerSession = (used?.ResidentBytes - before?.ResidentBytes) / (double?)options.Connections,
            Lost = isAnswering ? 0 : Silent().Length,
            Closed = traffic.Closed,
            GeneratorBusy = ownCpu / seconds / generatorProcessors,
            OthersBusy = othersBusy,
        };
    }
}
