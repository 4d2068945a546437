using Keker.Server.Access;
using Keker.Server.Broker;
using Keker.Server.Http;
using Keker.Server.Http.Publishing;
using Keker.Server.Inspection;
using Keker.Server.Metrics;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Server.Presence;
using Keker.Server.Rates;
using Microsoft.Extensions.Logging;

namespace Keker.Server;

/// <summary>What every connection needs of the process. Immutable but for the drain flag and the keys; thread-safe.</summary>
internal sealed class ServerContext
{
    private int _draining;
    private int _lingering;
    private uint _subscribes;
    private IReadOnlyList<Metric>? _metrics;

    /// <param name="options">What the operator decided.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="connections">The open connections.</param>
    /// <param name="log">The log.</param>
    /// <param name="figures">How much memory there is, and is in use; null for what the process itself sees.</param>
    public ServerContext(KekerOptions options, MessageBroker broker, ConnectionTable connections, ILogger log, MemoryFigures? figures = null)
    {
        Options = options;
        Settings = new Settings(options, [], CertificateEnd: null);
        Broker = broker;
        Connections = connections;
        Log = log;
        Memory = new MemoryGuard(broker.Context.Clock, figures ?? new ProcessMemory());
        Readiness = new Readiness(Memory);
        PublishKeys = new PublishKeyCheck(options.PublishKeys);
        Guesses = options.HelloRate > 0 ? new GuessRate(options.HelloRate, broker.Context.Clock) : null;
        PublishRate = options.PublishRate > 0 ? new PublishRate(options.PublishRate, broker.Context.Clock) : null;
        Proxies = new TrustedProxies(new TrustedNetworks(options.TrustedProxies));
        Presence = new PresenceState(broker.Context);
        Idempotency = new IdempotencyTable(broker.Context.Clock);
        Input = new InputBuffers(new UnfinishedBudget(Memory.Limit / Limits.UnfinishedMemoryShare));
        Unfinished = new UnfinishedInput(connections, Input.Budget, broker.Context.Clock);
        Console = options.PublishKeys.IsEmpty && options.AdminListen.IsEmpty ? null : new SampleFeed(broker, Memory, () => IsDraining);
    }

    public KekerOptions Options { get; }

    public MessageBroker Broker { get; }

    public ConnectionTable Connections { get; }

    public ILogger Log { get; }

    /// <summary>Whether there is memory left for new subscribers and new messages.</summary>
    public MemoryGuard Memory { get; }

    /// <summary>Whether traffic is wanted.</summary>
    public Readiness Readiness { get; }

    /// <summary>Who may; null in an open server.</summary>
    public AccessPolicy? Access { get; init; }

    /// <summary>The loops; null where the runtime polls the sockets.</summary>
    public Loops? Loops { get; init; }

    /// <summary>What is told of all this. Put together when it is first asked for.</summary>
    public IReadOnlyList<Metric> Metrics => _metrics ??= MetricCatalog.Of(this);

    /// <summary>The keys in force: those of the options until a reload.</summary>
    public PublishKeyCheck PublishKeys { get; }

    /// <summary>Who guesses; null where that is not counted.</summary>
    public GuessRate? Guesses { get; }

    /// <summary>How much each publisher publishes; null where that is not counted.</summary>
    public PublishRate? PublishRate { get; }

    /// <summary>Whom a connection of a proxy is for.</summary>
    public TrustedProxies Proxies { get; }

    /// <summary>What is kept in mind of who is here.</summary>
    public PresenceState Presence { get; }

    /// <summary>Publishes that have a key.</summary>
    public IdempotencyTable Idempotency { get; }

    /// <summary>Where memory for what is not finished comes from, and its budget.</summary>
    public InputBuffers Input { get; }

    /// <summary>Who goes when that is used up.</summary>
    public UnfinishedInput Unfinished { get; }

    /// <summary>What the console shows of the last hour; null where it is not served, because it would be for everybody.</summary>
    public SampleFeed? Console { get; }

    /// <summary>What the console shows of how the server was started.</summary>
    public Settings Settings { get; init; }

    public MonotonicClock Clock => Broker.Context.Clock;

    public Counters Counters => Broker.Context.Counters;

    /// <summary>True once the server is told to stop: health answers 503, nobody new may subscribe, answers close their connection.</summary>
    public bool IsDraining => Volatile.Read(ref _draining) != 0;

    /// <summary>True while whoever reaches the port may do what is for backends.</summary>
    public bool IsOpenToAll => PublishKeys.IsOpen && Options.AdminListen.IsEmpty;

    /// <summary>Whether a session may be given one more topic.</summary>
    public bool HasMemoryForSubscription()
    {
        // Crowds that subscribe to a hundred topics each do not wait for the next heartbeat.
        if (Interlocked.Increment(ref _subscribes) % Limits.SubscribesPerMemoryCheck == 0)
            Memory.Check();
        BrokerContext context = Broker.Context;
        return Memory.Pressure == MemoryPressure.None && context.SubscriptionMemory.Bytes < context.Limits.SubscriptionMemory;
    }

    /// <summary>One more connection has its last answer and may still send what nobody will read. If it may take its time, <see cref="EndLinger"/> follows.</summary>
    /// <returns>False when so many do that already that it has to be short.</returns>
    public bool TryBeginLinger()
    {
        if (Interlocked.Increment(ref _lingering) <= Limits.LingeringConnections)
            return true;
        Interlocked.Decrement(ref _lingering);
        return false;
    }

    public void EndLinger() => Interlocked.Decrement(ref _lingering);

    /// <returns>False when it was draining already.</returns>
    public bool TryBeginDrain()
    {
        Readiness.BeginStop();
        return Interlocked.Exchange(ref _draining, 1) == 0;
    }
}
