using System.Buffers;
using System.Text;
using Keker.Server.Broker;
using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Broker;

/// <summary>A broker with its own context and a clock that only the test moves.</summary>
internal sealed class TestBroker : IDisposable
{
    /// <summary>Far longer than anything takes: reaching it is a failure, not a measurement.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public TestBroker(BrokerLimits? limits = null, TimeProvider? time = null)
    {
        Context = new BrokerContext(limits ?? new BrokerLimits(), new MonotonicClock(time ?? Time), new Counters());
        Broker = new MessageBroker(Context);
        Time.Advance(TimeSpan.FromSeconds(1));
    }

    public FakeTimeProvider Time { get; } = new();

    public BrokerContext Context { get; }

    public MessageBroker Broker { get; }

    public static Publication Message(string text) => Publication.Create(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)), binary: false);

    public static Publication Message(int payloadLength) => Publication.Create(new ReadOnlySequence<byte>(new byte[payloadLength]), binary: true);

    public static byte[] Token(string token) => Encoding.UTF8.GetBytes(token);

    public static void WaitUntil(Func<bool> condition, string what) =>
        Assert.That(SpinWait.SpinUntil(condition, Patience), Is.True, what);

    /// <summary>Publishes and flushes, as a connection with one request does.</summary>
    public PublishResult Publish(string token, params string[] texts) => Publish(token, [.. texts.Select(Message)]);

    public PublishResult Publish(string token, params Publication[] publications)
    {
        var dirty = new DirtyTopics();
        PublishResult result = default;
        foreach (Publication publication in publications)
            result = Broker.Publish(Token(token), publication, dirty);
        Broker.Flush(dirty);
        return result;
    }

    public PublishResult Broadcast(params string[] texts)
    {
        var dirty = new DirtyTopics();
        PublishResult result = default;
        foreach (string text in texts)
            result = Broker.Broadcast(Message(text), dirty);
        Broker.Flush(dirty);
        return result;
    }

    /// <summary>The same to those who have subscribed to a topic by name.</summary>
    public PublishResult PublishToTopic(string topic, params string[] texts) => PublishToTopic(topic, [.. texts.Select(Message)]);

    public PublishResult PublishToTopic(string topic, params Publication[] publications)
    {
        var dirty = new DirtyTopics();
        PublishResult result = default;
        foreach (Publication publication in publications)
            result = Broker.PublishToTopic(Token(topic), publication, dirty);
        Broker.Flush(dirty);
        return result;
    }

    /// <summary>Publishes to each of the tokens, as one that waits until the clients have confirmed.</summary>
    public Receipt PublishAndWait(TimeSpan wait, string text, params string[] tokens)
    {
        var receipt = new Receipt(Context, wait);
        var dirty = new DirtyTopics();
        foreach (string token in tokens)
            Broker.Publish(Token(token), Message(text), dirty, receipt: receipt);
        receipt.Begin();
        Broker.Flush(dirty);
        return receipt;
    }

    public TestClient Join(string token, FakeTransport? wire = null)
    {
        wire ??= new FakeTransport();
        var session = new Session(wire, Context) { Variant = wire.Deflates ? Variant.Deflated : Variant.Plain, Confirms = wire.Confirms };
        Broker.Subscribe(session, Token(token));
        return new TestClient(session, wire);
    }

    public static void Leave(TestClient client) => client.Session.Disconnected();

    /// <summary>Advances the clock as the heartbeat sees it.</summary>
    public void Advance(TimeSpan time)
    {
        Time.Advance(time);
        Broker.DropExpired();
    }

    /// <summary>Nothing is held once nobody is there and nothing is cached.</summary>
    public void AssertHoldsNothing()
    {
        Assert.That(Context.Memory.Bytes, Is.Zero, "bytes in logs");
        Assert.That(Context.RetainedMemory.Bytes, Is.Zero, "bytes kept for confirmation");
        Assert.That(Context.CacheLedger.Bytes, Is.Zero, "cached bytes");
        Assert.That(Context.CacheLedger.Count, Is.Zero, "cached entries");
        Assert.That(Context.UnfinishedWrites.Bytes, Is.Zero, "bytes of unfinished writes");
        Assert.That(Context.BuiltFrames.Bytes, Is.Zero, "bytes of built frames");
        Assert.That(Context.Topics.Count, Is.Zero, "topics in the table");
        Assert.That(Context.Topics.Occupied.Value, Is.Zero, "occupied topics");
        Assert.That(Context.Counters.Sessions, Is.Zero, "sessions");
    }

    public void Dispose() => Broker.Dispose();
}
