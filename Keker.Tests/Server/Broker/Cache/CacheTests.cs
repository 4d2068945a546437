using Keker.Server.Broker;
using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Cache;

/// <summary>Messages for a recipient that is not there yet.</summary>
internal sealed class CacheTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { CacheSize = 1000 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void The_first_HELLO_gets_what_was_cached_and_then_what_is_live_and_a_second_one_only_what_is_live()
    {
        Assert.That(_broker.Publish("t", "a", "b"), Is.EqualTo(new PublishResult(PublishOutcome.Cached)));
        TestClient first = _broker.Join("t");
        Assert.That(first.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
        TestClient second = _broker.Join("t");
        Assert.That(_broker.Publish("t", "c").Sessions, Is.EqualTo(2));
        Assert.That(first.Wire.Messages, Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(second.Wire.Messages, Is.EqualTo(new[] { "c" }));
        Assert.That(_broker.Context.CacheLedger.Bytes, Is.Zero);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
        Assert.That(_broker.Context.Counters.Cached.Value, Is.EqualTo(2));
    }

    [Test]
    public void Who_gets_what_was_cached_may_block_in_the_middle_of_it([Range(0, 9)] int room)
    {
        _broker.Publish("t", "aa", "bb");
        TestClient client = _broker.Join("t", new FakeTransport { Room = room });
        TestClient second = _broker.Join("t");
        _broker.Publish("t", "cc");
        client.Wire.Unblock();
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "aa", "bb", "cc" }));
        Assert.That(second.Wire.Messages, Is.EqualTo(new[] { "cc" }));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void What_was_cached_comes_before_a_broadcast_of_the_same_moment()
    {
        _broker.Publish("t", "cached");
        var wire = new FakeTransport();
        wire.OnTrySend = () =>
        {
            wire.OnTrySend = null;
            _broker.Broadcast("all");
        };
        _broker.Join("t", wire);
        Assert.That(wire.Messages, Is.EqualTo(new[] { "cached", "all" }));
    }

    [Test]
    public void A_message_expires_after_its_time_and_the_topic_with_it()
    {
        _broker.Publish("t", "old");
        _broker.Advance(TimeSpan.FromSeconds(3));
        _broker.Publish("t", "new");
        _broker.Advance(TimeSpan.FromSeconds(2));
        Assert.That(_broker.Context.CacheLedger.Count, Is.EqualTo(1));
        TestClient client = _broker.Join("t");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "new" }));
        TestBroker.Leave(client);
        _broker.Publish("u", "alone");
        _broker.Advance(TimeSpan.FromSeconds(5));
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_message_whose_time_is_up_is_not_delivered_even_before_the_heartbeat_came()
    {
        _broker.Publish("t", "old");
        _broker.Time.Advance(TimeSpan.FromSeconds(3));
        _broker.Publish("t", "new");
        _broker.Time.Advance(TimeSpan.FromMilliseconds(2000));
        Assert.That(_broker.Context.CacheLedger.Count, Is.EqualTo(2), "nobody looked yet");
        TestClient client = _broker.Join("t");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "new" }));
        Assert.That(_broker.Context.CacheLedger.Bytes, Is.Zero);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_message_lives_until_its_last_millisecond()
    {
        _broker.Publish("t", "a");
        _broker.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.That(_broker.Join("t").Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Within_the_bound_of_one_topic_the_oldest_go_first()
    {
        _broker.Publish("t", Texts(0, 4, 300));
        TestClient client = _broker.Join("t");
        Assert.That(client.Wire.Messages, Is.EqualTo(Texts(1, 3, 300)));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_message_of_exactly_the_bound_is_cached_and_one_byte_more_is_not()
    {
        Assert.That(_broker.Publish("t", TestBroker.Message(1001)).Outcome, Is.EqualTo(PublishOutcome.NotFound));
        _broker.AssertHoldsNothing();
        _broker.Publish("t", "small");
        Assert.That(_broker.Publish("t", TestBroker.Message(1000)).Outcome, Is.EqualTo(PublishOutcome.Cached));
        Assert.That(_broker.Publish("t", TestBroker.Message(1001)).Outcome, Is.EqualTo(PublishOutcome.NotFound));
        Assert.That(_broker.Join("t").Wire.Frames.Single().Payload, Has.Length.EqualTo(1000));
    }

    [Test]
    public void With_the_cache_off_nothing_is_kept()
    {
        using var broker = new TestBroker(new BrokerLimits { Cache = TimeSpan.Zero });
        Assert.That(broker.Publish("t", "a").Outcome, Is.EqualTo(PublishOutcome.NotFound));
        broker.AssertHoldsNothing();
        Assert.That(broker.Join("t").Wire.Frames, Is.Empty);
    }

    [Test]
    public void Within_the_bound_of_all_the_oldest_go_first_whatever_their_topic()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = 10 * Cost(100) });
        for (int i = 0; i < 15; i++)
            broker.Publish($"t{i}", Texts(i, 1, 100));
        Assert.That(broker.Context.CacheLedger.Count, Is.EqualTo(10));
        Assert.That(broker.Context.Topics.Count, Is.EqualTo(10));
        for (int i = 0; i < 15; i++)
            Assert.That(broker.Join($"t{i}").Wire.Messages, i < 5 ? Is.Empty : Is.EqualTo(Texts(i, 1, 100)), $"t{i}");
    }

    [Test]
    public void A_flood_of_random_tokens_stays_bounded()
    {
        const int Bound = 1 << 20;
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = Bound });
        for (int i = 0; i < 20_000; i++)
            broker.Publish($"random token {i}", "x");
        Assert.That(broker.Context.CacheLedger.Bytes, Is.AtMost(Bound));
        Assert.That(broker.Context.Topics.Count, Is.AtMost(2000).And.GreaterThan(500));
        Assert.That(broker.Context.Memory.Bytes, Is.AtMost(Bound));
        broker.Advance(TimeSpan.FromSeconds(5));
        broker.AssertHoldsNothing();
    }

    [Test]
    public void Broadcasts_are_not_cached()
    {
        Assert.That(_broker.Broadcast("all"), Is.EqualTo(new PublishResult(PublishOutcome.Published)));
        Assert.That(_broker.Join("t").Wire.Frames, Is.Empty);
        Assert.That(_broker.Broadcast("a"), Is.EqualTo(new PublishResult(PublishOutcome.Published, 1, 1)));
    }

    [Test]
    public void A_broadcast_counts_tokens_and_sessions()
    {
        _broker.Publish("cached only", "x");
        TestClient one = _broker.Join("a");
        _broker.Join("a");
        _broker.Join("b");
        Assert.That(_broker.Broadcast("x"), Is.EqualTo(new PublishResult(PublishOutcome.Published, Sessions: 3, Recipients: 2)));
        TestBroker.Leave(one);
        Assert.That(_broker.Broadcast("x"), Is.EqualTo(new PublishResult(PublishOutcome.Published, Sessions: 2, Recipients: 2)));
    }

    [Test]
    public void After_the_last_session_left_messages_are_cached_again()
    {
        TestClient client = _broker.Join("t");
        _broker.Publish("t", "live");
        TestBroker.Leave(client);
        Assert.That(_broker.Publish("t", "cached").Outcome, Is.EqualTo(PublishOutcome.Cached));
        Assert.That(_broker.Join("t").Wire.Messages, Is.EqualTo(new[] { "cached" }));
    }

    [Test]
    public void What_is_cached_behind_a_dead_session_that_still_holds_the_log_is_handed_over_exactly()
    {
        TestClient dead = _broker.Join("t", new FakeTransport { Room = 0 });
        _broker.Publish("t", "a", "b");
        TestBroker.Leave(dead);
        _broker.Publish("t", "c");
        TestClient next = _broker.Join("t");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "c" }));
        dead.Wire.CompleteSend(sent: false);
        _broker.Publish("t", "d");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "c", "d" }));
        TestBroker.Leave(next);
        _broker.AssertHoldsNothing();
    }

    private static long Cost(int payload) => TestBroker.Message(payload).Cost + 768;

    private static string[] Texts(int first, int count, int length) =>
        [.. Enumerable.Range(first, count).Select(i => $"{i}".PadRight(length, '.'))];
}
