using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;

namespace Keker.Benchmarks.Micro;

/// <summary>What an append costs with the pass that lets the log be trimmed, but without sending anything.</summary>
[MemoryDiagnoser]
public class TopicBenchmarks
{
    private const int PayloadBytes = 64;

    private readonly Publication _publication = Publication.Create(new ReadOnlySequence<byte>(new byte[PayloadBytes]), binary: false);
    private Topic _topic = null!;

    /// <summary>True: a member has fallen behind, the log is as long as it may be, and every append trims it to its bound.</summary>
    [Params(false, true)]
    public bool Lagging { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var limits = new BrokerLimits { LagTime = TimeSpan.Zero };
        var context = new BrokerContext(limits, new MonotonicClock(TimeProvider.System), new Counters());
        _topic = new Topic(TopicKind.Broadcast, [], context);
        var session = new Session(new DiscardingTransport(), context);
        var member = new Subscription(_topic, session);
        _topic.TryJoin(member, out _);
        if (!Lagging)
            session.Deliver(member);
        for (long bytes = 0; bytes < limits.Lag; bytes += _publication.Cost)
            AppendAndTrim();
    }

    [Benchmark]
    public int AppendAndTrim()
    {
        PublishResult result = _topic.Append(_publication);
        _topic.EndPass(_topic.BeginPass());
        return result.Sessions;
    }
}
