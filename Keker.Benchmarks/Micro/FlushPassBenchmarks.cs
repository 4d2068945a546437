using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;

namespace Keker.Benchmarks.Micro;

/// <summary>What one publish costs from append to the last member, with sockets that cost nothing: per member, divide by their number.</summary>
[MemoryDiagnoser]
public class FlushPassBenchmarks
{
    private const int PayloadBytes = 64;

    private static readonly byte[] Token = [.. "token"u8];

    private readonly DirtyTopics _dirty = new();
    private readonly Publication _publication = Publication.Create(new ReadOnlySequence<byte>(new byte[PayloadBytes]), binary: false);
    private MessageBroker _broker = null!;

    [Params(1, 100, 10_000)]
    public int Members { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // All passes run here, on the measured thread.
        var limits = new BrokerLimits { SmallPass = int.MaxValue };
        _broker = new MessageBroker(new BrokerContext(limits, new MonotonicClock(TimeProvider.System), new Counters()));
        for (int i = 0; i < Members; i++)
            _broker.Subscribe(new Session(new DiscardingTransport(), _broker.Context), Token);
    }

    [GlobalCleanup]
    public void Cleanup() => _broker.Dispose();

    [Benchmark]
    public int PublishAndFlush()
    {
        PublishResult result = _broker.Publish(Token, _publication, _dirty);
        _broker.Flush(_dirty);
        return result.Sessions;
    }
}
