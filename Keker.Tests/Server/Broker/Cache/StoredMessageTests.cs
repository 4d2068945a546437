using Keker.Server.Broker;
using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Cache;

/// <summary>Messages with a time to live of their own, and messages that replace earlier ones, while they wait for their recipient.</summary>
internal sealed class StoredMessageTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { CacheSize = 1000 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Each_message_lives_as_long_as_its_own_time_whatever_stands_before_or_behind_it()
    {
        foreach (int seconds in new[] { 30, 2, 10, 0, 1 })
            Store($"{seconds}", seconds);
        _broker.Publish("t", "5");
        int[] times = [30, 2, 10, 1, 5];
        for (int passed = 0; passed < 31; passed++)
        {
            Assert.That(_broker.Context.CacheLedger.Count, Is.EqualTo(times.Count(time => time > passed)), $"after {passed} s");
            _broker.Advance(TimeSpan.FromSeconds(1));
        }
        _broker.AssertHoldsNothing();
    }

    [TestCase(0, "30 2 10 1 5")]
    [TestCase(1, "30 2 10 5")]
    [TestCase(4, "30 10 5")]
    [TestCase(5, "30 10")]
    [TestCase(29, "30")]
    [TestCase(30, "")]
    public void Only_what_has_not_expired_is_delivered_in_order_whether_the_heartbeat_came_or_not(int passed, string delivered)
    {
        foreach (bool beats in new[] { true, false })
        {
            using var broker = new TestBroker();
            foreach (int seconds in new[] { 30, 2, 10, 1 })
                Store($"{seconds}", seconds, broker: broker);
            broker.Publish("t", "5");
            broker.Time.Advance(TimeSpan.FromSeconds(passed));
            if (beats)
                broker.Broker.DropExpired();
            TestClient client = broker.Join("t");
            Assert.That(string.Join(' ', client.Wire.Messages), Is.EqualTo(delivered));
            TestBroker.Leave(client);
            broker.AssertHoldsNothing();
        }
    }

    [Test]
    public void A_message_that_may_not_wait_is_not_stored_and_one_that_may_is_also_with_the_cache_off()
    {
        Assert.That(Store("m", 0), Is.EqualTo(PublishOutcome.NotFound));
        using var broker = new TestBroker(new BrokerLimits { Cache = TimeSpan.Zero, CacheSize = 1000 });
        Assert.That(Store("m", 60, broker: broker), Is.EqualTo(PublishOutcome.Cached));
        Assert.That(Store(new string('x', 1001), 60, broker: broker), Is.EqualTo(PublishOutcome.NotFound));
        broker.Advance(TimeSpan.FromSeconds(59));
        TestClient client = broker.Join("t");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "m" }));
        TestBroker.Leave(client);
        broker.AssertHoldsNothing();
    }

    [Test]
    public void The_bounds_go_by_acceptance_whatever_the_times()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = 3 * (TestBroker.Message("0").Cost + 768) });
        for (int i = 0; i < 6; i++)
            broker.Broker.Publish(TestBroker.Token($"t{i}"), TestBroker.Message($"{i}"), new DirtyTopics(), i % 2 == 0 ? Terms(60 - i) : null);
        for (int i = 0; i < 6; i++)
            Assert.That(broker.Join($"t{i}").Wire.Messages, i < 3 ? Is.Empty : Is.EqualTo(new[] { $"{i}" }));
        Assert.That(broker.Context.CacheLedger.Bytes, Is.Zero);
    }

    [Test]
    public void What_waits_longer_than_others_costs_nothing_for_those_that_came_and_went()
    {
        Store("long", 3600);
        long bytes = _broker.Context.Memory.Bytes;
        long ledger = _broker.Context.CacheLedger.Bytes;
        for (int i = 0; i < 100; i++)
        {
            _broker.Publish("t", "short");
            Store("key", 1, "k");
            _broker.Advance(TimeSpan.FromSeconds(5));
            Assert.That((_broker.Context.Memory.Bytes, _broker.Context.CacheLedger.Bytes), Is.EqualTo((bytes, ledger)));
        }
        Assert.That(_broker.Join("t").Wire.Messages, Is.EqualTo(new[] { "long" }));
    }

    [Test]
    public void A_message_replaces_the_earlier_one_with_its_key_in_its_topic_and_takes_its_own_place()
    {
        Store("a1", 60, "a");
        Store("b1", 60, "b");
        Store("plain", 60);
        Store("a2", 60, "a");
        Store("other", 60, "a", token: "u");
        Store("a3", 60, "a");
        Assert.That(_broker.Context.CacheLedger.Count, Is.EqualTo(4));
        TestClient client = _broker.Join("t");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "b1", "plain", "a3" }));
        Assert.That(_broker.Join("u").Wire.Messages, Is.EqualTo(new[] { "other" }));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_key_whose_message_is_gone_replaces_nothing()
    {
        Store("a1", 1, "a");
        Store("b", 60);
        _broker.Advance(TimeSpan.FromSeconds(1));
        Store("a2", 60, "a");
        TestClient client = _broker.Join("t");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "b", "a2" }));
        TestBroker.Leave(client);
        Store("a3", 60, "a");
        Assert.That(_broker.Join("t").Wire.Messages, Is.EqualTo(new[] { "a3" }));
    }

    [Test]
    public void A_replaced_message_makes_room_before_the_oldest_has_to_go()
    {
        Store(new string('o', 500), 60);
        Store(new string('1', 500), 60, "k");
        Store(new string('2', 500), 60, "k");
        Assert.That(_broker.Join("t").Wire.Messages.Select(message => message[0]), Is.EqualTo("o2"));
    }

    [Test]
    public void Who_is_there_gets_every_message_whatever_its_key_or_time()
    {
        TestClient client = _broker.Join("t");
        foreach (string text in new[] { "1", "2" })
        {
            var dirty = new DirtyTopics();
            Assert.That(_broker.Broker.Publish("t"u8, TestBroker.Message(text), dirty, Terms(0, "k")).Outcome, Is.EqualTo(PublishOutcome.Published));
            _broker.Broker.Flush(dirty);
        }
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void What_a_broken_session_had_not_confirmed_comes_before_what_was_stored()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Confirms = true });
        _broker.Publish("t", "sent");
        TestBroker.Leave(client);
        Store("short", 1);
        Store("long", 60);
        _broker.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_broker.Join("t", new FakeTransport { Confirms = true }).Wire.Messages, Is.EqualTo(new[] { "sent", "long" }));
    }

    private static PublishTerms Terms(int seconds, string? key = null) =>
        new() { TimeToLive = TimeSpan.FromSeconds(seconds), CollapseKey = key is null ? null : TestBroker.Token(key) };

    private PublishOutcome Store(string text, int seconds, string? key = null, string token = "t", TestBroker? broker = null) =>
        (broker ?? _broker).Broker.Publish(TestBroker.Token(token), TestBroker.Message(text), new DirtyTopics(), Terms(seconds, key)).Outcome;
}
