using System.Diagnostics;
using Keker.Benchmarks.Load.Measures;
using Keker.Benchmarks.Load.Options;
using Keker.Benchmarks.Load.Peers;
using Keker.Benchmarks.Load.Reports;

namespace Keker.Benchmarks.Load;

/// <summary>One run of waves: all sessions are opened, which is measured, and cut off, which is not.</summary>
internal sealed class ConnectRun(LoadOptions options, Peer peer, LoadedServer server, int generatorProcessors, Progress progress)
{
    /// <summary>Until the server has dealt with the last HELLOs, and again with the end of all connections. Its processor time counts, the time does not.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly LatencyHistogram _latency = new();
    private ProcessSample? _used;
    private long _count;
    private double _seconds;
    private double _ownCpu;
    private int _closed;

    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        for (int wave = 0; wave == 0 || Stopwatch.GetElapsedTime(start) < options.WarmUp; wave++)
            await WaveAsync(false, stop);
        start = Stopwatch.GetTimestamp();
        while (_count == 0 || Stopwatch.GetElapsedTime(start) < options.Duration)
        {
            await WaveAsync(true, stop);
            progress.Say($"measuring {Stopwatch.GetElapsedTime(start).TotalSeconds,3:0} s  {Format.Whole(_count / _seconds)} connections/s");
        }
        return new RunResult
        {
            Peer = peer.Name,
            GeneratorBusy = _ownCpu / _seconds / generatorProcessors,
            Closed = _closed,
            Latency = _latency,
            LatencyMicroseconds = LatencySummary.Of(_latency),
        }.With(_used, _count, _seconds);
    }

    private async Task WaveAsync(bool isMeasuring, CancellationToken stop)
    {
        using (var traffic = new Traffic(options, peer, server.EndPoint) { IsMeasuring = isMeasuring })
        using (var subscribers = new SubscriberPool(traffic))
        {
            var clock = new UsageClock(server);
            await subscribers.OpenAsync(stop);
            double seconds = clock.Seconds;
            double ownCpu = clock.OwnCpu;
            await Task.Delay(Settle, stop);
            if (isMeasuring)
            {
                _used = Add(_used, clock.Server);
                _count += options.Connections;
                _seconds += seconds;
                _ownCpu += ownCpu;
                _closed += traffic.Closed;
                foreach (Tally tally in traffic.Tallies)
                    _latency.Add(tally.Latency);
            }
        }
        await Task.Delay(Settle, stop);
    }

    private static ProcessSample? Add(ProcessSample? sum, ProcessSample? used) => used is not { } now ? sum
        : sum is { } before ? new ProcessSample(before.User + now.User, before.Kernel + now.Kernel, now.ResidentBytes)
        : now;
}
