using System.Text;
using BenchmarkDotNet.Attributes;
using Keker.Server;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Metrics;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keker.Benchmarks.Micro;

/// <summary>What a scrape takes of the loop that answers it: the same, however many there are.</summary>
[MemoryDiagnoser]
public class MetricsBenchmarks
{
    private MessageBroker _broker = null!;
    private ServerContext _server = null!;

    [Params(0, 100_000)]
    public int Sessions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var counters = new Counters();
        _broker = new MessageBroker(new BrokerContext(new BrokerLimits(), new MonotonicClock(TimeProvider.System), counters));
        _server = new ServerContext(new KekerOptions(), _broker, new ConnectionTable(int.MaxValue, 0, counters), NullLogger.Instance)
        {
            Loops = Loops.AreUsed ? new Loops(NullLogger.Instance) : null,
        };
        for (int i = 0; i < Sessions; i++)
        {
            counters.Connections.Increment();
            _broker.Subscribe(new Session(new DiscardingTransport(), _broker.Context), Encoding.UTF8.GetBytes($"token-{i}"));
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _broker.Dispose();

    [Benchmark]
    public int Scrape() => MetricsText.Of(_server.Metrics, isOpenMetrics: true).Length;
}
