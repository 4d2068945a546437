using Keker.Server;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Http;

/// <summary>Everything of a server but its listeners and its heartbeat, with time in the test's hands.</summary>
internal sealed class TestServer : IDisposable
{
    public TestServer(KekerOptions? options = null)
    {
        var counters = new Counters();
        var clock = new MonotonicClock(Time);
        Broker = new MessageBroker(new BrokerContext(new BrokerLimits(), clock, counters));
        Connections = new ConnectionTable(int.MaxValue, 0, counters);
        Context = new ServerContext(options ?? new KekerOptions(), Broker, Connections, NullLogger.Instance);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public MessageBroker Broker { get; }

    public ConnectionTable Connections { get; }

    public ServerContext Context { get; }

    public void Dispose() => Broker.Dispose();
}
