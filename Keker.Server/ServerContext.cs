using Keker.Server.Broker;
using Keker.Server.Http;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server;

/// <summary>What every connection needs of the process. Immutable but for the drain flag and the keys; thread-safe.</summary>
internal sealed class ServerContext(KekerOptions options, MessageBroker broker, ConnectionTable connections, ILogger log)
{
    private int _draining;

    public KekerOptions Options { get; } = options;

    public MessageBroker Broker { get; } = broker;

    public ConnectionTable Connections { get; } = connections;

    public ILogger Log { get; } = log;

    /// <summary>Whether there is memory left for new subscribers and new messages.</summary>
    public MemoryGuard Memory { get; } = new(broker.Context.Clock);

    /// <summary>The keys in force: those of the options until a reload.</summary>
    public PublishKeyCheck PublishKeys { get; } = new(options.PublishKeys);

    /// <summary>Publishes that have a key.</summary>
    public IdempotencyTable Idempotency { get; } = new(broker.Context.Clock);

    /// <summary>The most bytes of bodies that may have arrived in part.</summary>
    public long MostBytesOfBodies { get; } = Math.Min((long)Limits.BodiesUnderWay * options.WriteBuffer, MemoryGuard.Limit / Limits.LogMemoryShare);

    /// <summary>Bytes of bodies that have arrived in part.</summary>
    public MemoryGauge BodiesUnderWay { get; } = new();

    public MonotonicClock Clock => Broker.Context.Clock;

    public Counters Counters => Broker.Context.Counters;

    /// <summary>True once the server is told to stop: health answers 503, nobody new may subscribe, answers close their connection.</summary>
    public bool IsDraining => Volatile.Read(ref _draining) != 0;

    /// <returns>False when it was draining already.</returns>
    public bool TryBeginDrain() => Interlocked.Exchange(ref _draining, 1) == 0;
}
