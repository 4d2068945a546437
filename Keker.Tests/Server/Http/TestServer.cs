using System.Text;
using Keker.Server;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Tests.Server.Broker;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Http;

/// <summary>Everything of a server but its listeners and its heartbeat, with time in the test's hands.</summary>
internal sealed class TestServer : IDisposable
{
    public TestServer(KekerOptions? options = null, BrokerLimits? limits = null, MemoryFigures? memory = null)
    {
        var counters = new Counters();
        var clock = new MonotonicClock(Time);
        Broker = new MessageBroker(new BrokerContext(limits ?? new BrokerLimits(), clock, counters));
        Connections = new ConnectionTable(int.MaxValue, 0, counters);
        Context = new ServerContext(options ?? new KekerOptions(), Broker, Connections, NullLogger.Instance, memory);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public MessageBroker Broker { get; }

    public ConnectionTable Connections { get; }

    public ServerContext Context { get; }

    /// <summary>A client that said HELLO.</summary>
    public TestClient Join(string token)
    {
        var wire = new FakeTransport { Confirms = true };
        var session = new Session(wire, Broker.Context) { Confirms = true };
        Broker.Subscribe(session, Encoding.UTF8.GetBytes(token));
        return new TestClient(session, wire);
    }

    public void Dispose() => Broker.Dispose();
}
