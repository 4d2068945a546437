using Keker.Benchmarks.Load.Measures;
using Keker.Benchmarks.Load.Options;
using Keker.Benchmarks.Load.Peers;
using Keker.Benchmarks.Load.Reports;

namespace Keker.Benchmarks.Load;

/// <summary>One run in which messages are published: subscribers join, load warms the server up, is measured, and ends.</summary>
internal sealed class MessageRun(LoadOptions options, Peer peer, LoadedServer server, int generatorProcessors, Progress progress)
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private bool IsHttp => options.Mode == LoadMode.Http;

    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        using var traffic = new Traffic(options, peer, server.EndPoint);
        using var subscribers = new SubscriberPool(traffic);
        LoadPublisher[] publishers = [.. Enumerable.Range(0, options.Publishers).Select(i => new LoadPublisher(traffic, i, Allowed(i)))];
        try
        {
            traffic.Publishers = publishers;
            await subscribers.OpenAsync(stop);
            if (!await Prober.ProbeAsync(traffic, () => [.. subscribers.SilentTokens], stop))
                throw new RunFailedException("some subscribers never received anything");
            foreach (LoadPublisher publisher in publishers)
                await publisher.ConnectAsync(stop);
            return await MeasureAsync(traffic, subscribers, publishers, stop);
        }
        finally
        {
            foreach (LoadPublisher publisher in publishers)
                publisher.Dispose();
        }
    }

    /// <summary>The window is shared out to the publishers; elsewhere each has its own depth.</summary>
    private int Allowed(int index) => options.Mode == LoadMode.Fanout
        ? options.Window / options.Publishers + (index < options.Window % options.Publishers ? 1 : 0)
        : options.Depth;

    private async Task<RunResult> MeasureAsync(Traffic traffic, SubscriberPool subscribers, LoadPublisher[] publishers, CancellationToken stop)
    {
        long Count() => IsHttp ? publishers.Sum(publisher => publisher.Answered) : traffic.Delivered;
        string unit = IsHttp ? "requests" : "messages";
        string? failure = null;
        var result = new RunResult { Peer = peer.Name };
        try
        {
            foreach (LoadPublisher publisher in publishers)
                publisher.Start();
            await progress.WaitAsync("warm-up", options.WarmUp, Count, unit, stop);
            traffic.IsMeasuring = true;
            var clock = new UsageClock(server);
            long before = Count();
            await progress.WaitAsync("measuring", options.Duration, Count, unit, stop);
            long count = Count() - before;
            ProcessSample? used = clock.Server;
            double seconds = clock.Seconds;
            double ownCpu = clock.OwnCpu;
            double? othersBusy = clock.OthersBusy;
            traffic.IsMeasuring = false;
            result = result.With(used, count, seconds) with { GeneratorBusy = ownCpu / seconds / generatorProcessors, OthersBusy = othersBusy };
            if (count == 0)
                failure = "nothing came in the measured time";
        }
        catch (RunFailedException e)
        {
            failure = e.Message;
        }
        foreach (LoadPublisher publisher in publishers)
            publisher.Stop();
        await DrainAsync(publishers, stop);
        subscribers.Leave();
        return Judge(result, failure, traffic, subscribers, publishers);
    }

    private static async Task DrainAsync(LoadPublisher[] publishers, CancellationToken stop)
    {
        for (TimeSpan waited = TimeSpan.Zero; waited < DrainTime && !publishers.All(publisher => publisher.IsDone); waited += Tick)
            await Task.Delay(Tick, stop);
    }

    private static RunResult Judge(RunResult result, string? failure, Traffic traffic, SubscriberPool subscribers, LoadPublisher[] publishers)
    {
        var latency = new LatencyHistogram();
        foreach (Tally tally in traffic.Tallies)
            latency.Add(tally.Latency);
        string? refusal = publishers.Select(publisher => publisher.Refusal).FirstOrDefault(text => text is not null);
        string[] reasons = [.. new[] { failure, refusal, traffic.CloseReason }.OfType<string>()];
        return result with
        {
            Failure = failure is null ? null : string.Join(", ", reasons),
            Latency = latency,
            LatencyMicroseconds = LatencySummary.Of(latency),
            Lost = subscribers.CountLost(),
            Duplicated = traffic.Tallies.Sum(tally => tally.Duplicated),
            OutOfOrder = traffic.Tallies.Sum(tally => tally.OutOfOrder),
            Misrouted = traffic.Tallies.Sum(tally => tally.Misrouted),
            Damaged = traffic.Tallies.Sum(tally => tally.Damaged),
            Refused = publishers.Sum(publisher => publisher.Refused),
            Closed = traffic.Closed,
        };
    }
}
