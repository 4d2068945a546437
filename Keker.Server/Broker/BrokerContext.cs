using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Microsoft.Extensions.ObjectPool;

namespace Keker.Server.Broker;

/// <summary>What topics and sessions share: one instance a process (or a test).</summary>
internal sealed class BrokerContext
{
    // Random, so that no id of an earlier process means anything in this one.
    private ulong _epoch = (ulong)Random.Shared.NextInt64();

    public BrokerContext(BrokerLimits limits, MonotonicClock clock, Counters counters)
    {
        Limits = limits;
        Clock = clock;
        Counters = counters;
        CacheLedger = new CacheLedger(this);
        Breaks = new BreakLedger(this);
        Topics = new SubscriberTable(TopicKind.Token, this);
        NamedTopics = new SubscriberTable(TopicKind.Named, this);
        Waits = new ConfirmWaits(this);
    }

    public BrokerLimits Limits { get; }

    /// <summary>A number that no topic of this process had, and hardly one of an earlier process. Thread-safe.</summary>
    public ulong NextEpoch() => Interlocked.Increment(ref _epoch);

    public MonotonicClock Clock { get; }

    public Counters Counters { get; }

    /// <summary>Bytes held by all logs.</summary>
    public MemoryGauge Memory { get; } = new();

    /// <summary>Bytes in logs that every member was sent and that are kept for confirmation only.</summary>
    public MemoryGauge RetainedMemory { get; } = new();

    /// <summary>Bytes of the subscriptions to topics by name, and of these topics.</summary>
    public MemoryGauge SubscriptionMemory { get; } = new();

    /// <summary>Bytes kept alive only by unfinished writes, each counted for itself.</summary>
    public MemoryGauge UnfinishedWrites { get; } = new();

    /// <summary>Bytes of built frames that unfinished writes keep alive: a frame counts once, however many refer to it.</summary>
    public MemoryGauge BuiltFrames { get; } = new();

    /// <summary>Told who comes and goes; null where nobody wants to know.</summary>
    public IPresenceWatch? Presence { get; init; }

    /// <summary>Told of what should not have happened and cost one session, or one pass its time. Thread-safe; must not throw.</summary>
    public Action<Exception> OnUnexpected { get; init; } = static _ => { };

    /// <summary>Something went wrong that nobody expected: it is counted and told, and everybody else goes on. Never throws.</summary>
    public void Report(Exception exception)
    {
        Counters.InternalErrors.Increment();
        OnUnexpected(exception);
    }

    public CacheLedger CacheLedger { get; }

    public BreakLedger Breaks { get; }

    public RetainedTopics Retained { get; } = new();

    public ConfirmWaits Waits { get; }

    /// <summary>The topics of tokens.</summary>
    public SubscriberTable Topics { get; }

    /// <summary>The topics that sessions subscribe to by name.</summary>
    public SubscriberTable NamedTopics { get; }

    /// <summary>Encoders for whoever flushes outside a fan-out worker; rented and returned within one method.</summary>
    public ObjectPool<BatchEncoder> Encoders { get; } = new DefaultObjectPool<BatchEncoder>(new EncoderPolicy());

    /// <summary>Those threads serve sockets.</summary>
    private sealed class EncoderPolicy : PooledObjectPolicy<BatchEncoder>
    {
        public override BatchEncoder Create() => new(BrokerLimits.MostBytesToDeflateInline);

        public override bool Return(BatchEncoder obj) => true;
    }
}
