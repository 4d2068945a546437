using System.Runtime.InteropServices;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.FanOut;

/// <summary>Readers that stand still in the middle of a large message hold it once, however many they are and whenever they were sent it.</summary>
internal sealed class SharedFramesTests
{
    private const int Large = 100_000;

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Who_was_sent_it_in_different_passes_refers_to_the_same_bytes([Values] bool eventStream)
    {
        List<FakeTransport> wires = [];
        for (int i = 0; i < 3; i++)
        {
            var wire = new FakeTransport { Room = 0 };
            Session session = eventStream ? new EventStreamSession(wire, _broker.Context) : new TaggedSession(wire, _broker.Context);
            _broker.Broker.Subscribe(session, "t"u8);
            wires.Add(wire);
            if (eventStream)
                wire.CompleteSend();
        }
        _broker.Publish("t", TestBroker.Message(Large));
        Assert.That(wires.Select(wire => ArrayOf(wire.WaitingBytes)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(_broker.Context.BuiltFrames.Bytes, Is.InRange(Large, 2 * Large), "they count once");
        wires.ForEach(wire => wire.Unblock());
        Assert.That(_broker.Context.BuiltFrames.Bytes, Is.Zero);
    }

    [Test]
    public void It_is_built_anew_when_nobody_uses_it_and_for_each_topic_and_variant()
    {
        Topic one = _broker.Context.Topics.GetOrAdd("one"u8);
        Topic two = _broker.Context.Topics.GetOrAdd("two"u8);
        Publication publication = TestBroker.Message(Large);
        BuiltFrame tagged = PublicationFrames.Get(Variant.Tagged, one, 5, publication);
        Assert.That(PublicationFrames.Get(Variant.Tagged, one, 5, publication), Is.SameAs(tagged));
        Assert.That(PublicationFrames.Get(Variant.Tagged, two, 5, publication), Is.Not.SameAs(tagged));
        Assert.That(PublicationFrames.Get(Variant.EventStream, one, 5, publication), Is.Not.SameAs(tagged));
        Publication small = TestBroker.Message(100);
        BuiltFrame first = PublicationFrames.Get(Variant.Tagged, one, 6, small);
        Assert.That(PublicationFrames.Get(Variant.Tagged, one, 6, small), Is.Not.SameAs(first), "a small one is not worth it");
    }

    [Test]
    public void Who_would_hold_more_than_all_may_together_is_a_slow_consumer([Values] bool tls)
    {
        using var broker = new TestBroker(new BrokerLimits { UnfinishedWrites = Large / 2 });
        TestClient[] clients = [.. Enumerable.Range(0, 2).Select(i => Tagged(broker, $"{i}", tls))];
        broker.Publish("0", TestBroker.Message(Large));
        broker.Publish("1", TestBroker.Message(Large));
        Assert.That(clients.Select(client => client.Session.CloseRequested?.Code), Is.EqualTo(new ushort?[] { null, 1013 }));
    }

    [Test]
    public void Who_would_hold_what_others_hold_is_no_slow_consumer([Values] bool tls)
    {
        using var broker = new TestBroker(new BrokerLimits { UnfinishedWrites = Large / 2 });
        TestClient[] clients = [.. Enumerable.Range(0, 5).Select(_ => Tagged(broker, "t", tls))];
        broker.Publish("t", TestBroker.Message(Large));
        Assert.That(clients.Select(client => client.Session.CloseRequested), Is.All.Null);
        broker.Publish("t", TestBroker.Message(10));
        foreach (TestClient client in clients)
            client.Wire.Unblock();
        Assert.That(clients.Select(client => client.Wire.Frames.Count(frame => frame.IsMessage)), Is.All.EqualTo(2));
        Assert.That((broker.Context.BuiltFrames.Bytes, broker.Context.UnfinishedWrites.Bytes), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public void What_writes_over_TLS_keep_alive_closes_nobody_else()
    {
        using var broker = new TestBroker(new BrokerLimits { UnfinishedWrites = Large / 2 });
        for (int i = 0; i < 5; i++)
            broker.Join("t", new FakeTransport { CanTrySend = false, Room = 0 });
        TestClient tagged = Tagged(broker, "t", tls: false);
        broker.Publish("t", TestBroker.Message(Large));
        Assert.That(broker.Context.UnfinishedWrites.Bytes, Is.GreaterThan(broker.Context.Limits.UnfinishedWrites));
        Assert.That(tagged.Session.CloseRequested, Is.Null);
    }

    [Test]
    public void Who_has_room_for_a_frame_holds_nothing_and_is_no_slow_consumer([Values] bool tls)
    {
        using var broker = new TestBroker(new BrokerLimits { UnfinishedWrites = Large / 2 });
        Tagged(broker, "slow", tls: false);
        TestClient fast = Tagged(broker, "fast", tls);
        fast.Wire.Room = long.MaxValue;
        broker.Publish("slow", TestBroker.Message(Large));
        broker.Publish("fast", TestBroker.Message(Large));
        Assert.That((fast.Session.CloseRequested, fast.Wire.Frames.Count), Is.EqualTo(((CloseRequest?)null, 1)));
    }

    private static TestClient Tagged(TestBroker broker, string token, bool tls)
    {
        var wire = new FakeTransport { CanTrySend = !tls, Room = 10 };
        var session = new TaggedSession(wire, broker.Context);
        broker.Broker.Subscribe(session, TestBroker.Token(token));
        return new TestClient(session, wire);
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) ? segment.Array! : [];
}
