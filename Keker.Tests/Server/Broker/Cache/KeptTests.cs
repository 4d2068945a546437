using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Tests.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Cache;

/// <summary>A topic keeps what its publisher gives a time, for everyone who subscribes in that time.</summary>
internal sealed class KeptTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { CacheSize = 1000 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Everybody_who_subscribes_in_time_gets_it_and_then_what_is_live([Values] bool isSomebodyThere)
    {
        if (isSomebodyThere)
            Newcomer("first");
        Publish("1", 60);
        Publish("2", 60);
        TestClient[] newcomers = [Newcomer("a"), Newcomer("b"), Newcomer("b")];
        Publish("3", 60);
        Publish("live", null);
        Assert.That(newcomers.Select(client => client.Wire.Messages), Is.All.EqualTo(new[] { "1", "2", "3", "live" }));
        _broker.Advance(TimeSpan.FromSeconds(60));
        Assert.That(Newcomer("late").Wire.Messages, Is.Empty);
    }

    [Test]
    public void Whoever_is_there_gets_it_once_and_who_has_left_changes_nothing()
    {
        TestClient there = Newcomer("a");
        Publish("1", 60);
        Assert.That(there.Wire.Messages, Is.EqualTo(new[] { "1" }));
        TestBroker.Leave(there);
        Assert.That(Newcomer("b").Wire.Messages, Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void Of_each_key_the_newest_is_kept([Values] bool isSomebodyThere)
    {
        if (isSomebodyThere)
            Newcomer("first");
        Publish("1:0", 60, "score");
        Publish("goal", 60);
        Publish("rain", 60, "weather");
        Publish("1:1", 60, "score");
        Assert.That(Newcomer("a").Wire.Messages, Is.EqualTo(new[] { "goal", "rain", "1:1" }));
        Publish("over", null, "score");
        Assert.That(Newcomer("b").Wire.Messages, Is.EqualTo(new[] { "goal", "rain" }), "a message without a time replaces one that is kept");
        Publish("", 0, "weather");
        Assert.That(Newcomer("c").Wire.Messages, Is.EqualTo(new[] { "goal" }), "and one whose time is up at once");
    }

    [Test]
    public void What_is_not_kept_no_newcomer_gets_although_it_is_in_the_log()
    {
        TestClient silent = Newcomer("silent", confirms: true);
        Publish("1", 60);
        Publish("not kept", null);
        Publish("2", 60);
        Assert.That(_broker.Context.NamedTopics.Find("match"u8)!.Tail, Is.Zero, "nobody has confirmed it");
        Assert.That(Newcomer("a").Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
        Assert.That(silent.Wire.Messages, Is.EqualTo(new[] { "1", "not kept", "2" }));
    }

    [Test]
    public void What_waits_is_taken_once_in_its_place_between_what_is_kept()
    {
        Publish("1", 60);
        Publish("waits", null);
        Publish("2", 60);
        Assert.That(Newcomer("a").Wire.Messages, Is.EqualTo(new[] { "1", "waits", "2" }));
        Assert.That(Newcomer("b").Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void Each_has_its_own_time()
    {
        Publish("long", 60);
        Publish("short", 10);
        Publish("longer", 120);
        _broker.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(Newcomer("a").Wire.Messages, Is.EqualTo(new[] { "long", "longer" }), "before a heartbeat came");
        _broker.Advance(TimeSpan.FromSeconds(50));
        Assert.That(Newcomer("b").Wire.Messages, Is.EqualTo(new[] { "longer" }));
    }

    [Test]
    public void What_expires_that_nobody_has_had_is_counted_and_nothing_is_held([Values] bool isSeen)
    {
        TestClient? client = isSeen ? Newcomer("a", confirms: true) : null;
        Publish("1", 60);
        client?.AnswerPing();
        client?.Session.SaidGoodbye();
        client?.Session.RequestClose(CloseCode.Normal, default);
        client?.Session.Disconnected();
        _broker.Advance(TimeSpan.FromSeconds(61));
        Assert.That(_broker.Context.Counters.Expired.Value, Is.EqualTo(isSeen ? 0 : 1));
        Assert.That(_broker.Context.NamedTopics.Count, Is.Zero);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_newcomer_that_reads_slowly_gets_all_in_order_and_nothing_twice()
    {
        Newcomer("there");
        for (int i = 0; i < 20; i++)
            Publish($"{i}", i % 3 == 0 ? null : 60);
        var wire = new FakeTransport { Room = 5 };
        TestClient slow = Newcomer("slow", wire);
        for (int i = 20; i < 30; i++)
            Publish($"{i}", i % 3 == 0 ? null : 60);
        while (wire.Messages.Length == 0 || wire.Messages[^1] != "29")
        {
            wire.Unblock();
            wire.Room = 5;
        }
        Assert.That(slow.Wire.Messages, Is.EqualTo(Enumerable.Range(0, 30).Where(i => i >= 20 || i % 3 != 0).Select(i => $"{i}")));
    }

    [Test]
    public void Over_the_size_of_the_cache_the_oldest_goes_be_it_kept_or_waiting()
    {
        Publish(new string('a', 400), 60);
        Publish(new string('b', 400), null);
        Publish(new string('c', 400), 60);
        Publish(new string('d', 400), 60);
        Assert.That(Newcomer("a").Wire.Messages.Select(text => text[0]), Is.EqualTo("cd"));
    }

    [Test]
    public void Over_the_memory_of_the_cache_the_oldest_of_all_goes()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = 3000 });
        foreach (string topic in new[] { "a", "b", "c", "d" })
            Publish(broker, topic, topic, 60);
        Assert.That(broker.Context.CacheLedger.Bytes, Is.LessThanOrEqualTo(3000));
        TestClient client = broker.Join("t");
        foreach (string topic in new[] { "a", "b", "c", "d" })
            broker.Broker.SubscribeTo(client.Session, TestBroker.Token(topic));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "b", "c", "d" }));
    }

    [Test]
    public void Who_breaks_and_comes_back_gets_all_that_is_kept_and_what_came_since_once_each()
    {
        TestClient client = Newcomer("a", confirms: true);
        Publish("had", null);
        client.AnswerPing();
        _broker.Advance(TimeSpan.FromSeconds(2));
        Publish("kept", 60);
        client.AnswerPing();
        Publish("not confirmed", null);
        TestBroker.Leave(client);
        Publish("away", null);
        Publish("away and kept", 60);
        TestClient back = Newcomer("a", confirms: true);
        Publish("live", null);
        Assert.That(back.Wire.Messages, Is.EqualTo(new[] { "kept", "not confirmed", "away", "away and kept", "live" }));
    }

    [Test]
    public void Who_breaks_before_it_has_got_what_is_kept_misses_nothing_and_loses_nothing_in_the_figures()
    {
        for (int i = 0; i < 10; i++)
            Publish($"{i}", 60);
        TestClient client = Newcomer("a", new FakeTransport { Confirms = true, Room = 5 });
        Publish("live", null);
        TestBroker.Leave(client);
        Assert.That(_broker.Context.Counters.UnconfirmedLost.Value, Is.Zero);
        string[] all = [.. Enumerable.Range(0, 10).Select(i => $"{i}"), "live"];
        Assert.That(Newcomer("a").Wire.Messages, Is.EqualTo(all));
    }

    [Test]
    public void A_kept_message_that_a_client_cannot_take_is_not_sent_to_it_again()
    {
        Publish("small", 600);
        Publish(new string('x', 500), 600);
        for (int i = 0; i < 2; i++)
        {
            TestClient picky = Newcomer("a", new FakeTransport { Confirms = true, Mark = 1 });
            Assert.That(picky.Wire.Messages.Select(text => text.Length), Is.EqualTo(i == 0 ? new[] { 5, 500 } : [5]));
            picky.Session.ClosedByClient(CloseCode.MessageTooBig);
            picky.Session.RequestClose(CloseCode.MessageTooBig, default);
            picky.Session.Disconnected(byClient: true);
        }
        Assert.That(Newcomer("b").Wire.Messages, Has.Length.EqualTo(2), "others get it");
    }

    [Test]
    public void A_session_that_asks_again_gets_all_again()
    {
        Publish("1", 60);
        TestClient client = Newcomer("a");
        _broker.Broker.SubscribeTo(client.Session, "match"u8);
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1" }), "it is in the topic already");
        _broker.Broker.UnsubscribeFrom(client.Session, "match"u8);
        _broker.Broker.SubscribeTo(client.Session, "match"u8);
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1", "1" }));
    }

    [Test]
    public void What_is_missing_between_costs_a_newcomer_no_sends([Values] bool tls)
    {
        for (int i = 0; i < 200; i++)
            Publish($"{i}", i % 2 == 0 ? 60 : null);
        _broker.Advance(TimeSpan.FromSeconds(6));
        TestClient client = _broker.Join("a", new FakeTransport { CanTrySend = !tls });
        int before = client.Wire.TrySends + client.Wire.AsyncSends;
        long delivered = _broker.Context.Counters.Delivered.Value;
        _broker.Broker.SubscribeTo(client.Session, "match"u8);
        Assert.That(client.Wire.Messages, Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"{2 * i}")));
        Assert.That(client.Wire.TrySends + client.Wire.AsyncSends - before, Is.EqualTo(1));
        Assert.That(_broker.Context.Counters.Delivered.Value - delivered, Is.EqualTo(100));
    }

    [Test]
    public void A_token_keeps_nothing_for_its_second_session()
    {
        _broker.Broker.Publish("t"u8, TestBroker.Message("1"), new DirtyTopics(), Terms(60));
        Assert.That(_broker.Join("t").Wire.Messages, Is.EqualTo(new[] { "1" }));
        Assert.That(_broker.Join("t").Wire.Messages, Is.Empty);
    }

    [Test]
    public void A_stream_of_several_topics_gets_what_each_of_them_keeps()
    {
        Publish(_broker, "a", "a1", 60);
        Publish(_broker, "b", "b1", 60);
        Publish(_broker, "a", "a2", 60);
        TestClient stream = _broker.JoinStream("t", ["a", "b"]);
        Assert.That(stream.Data(), Is.EqualTo(new[] { "a1", "a2", "b1" }));
        TestClient next = _broker.JoinStream("t", ["a", "b"], stream.Events()[0].LastId);
        Assert.That(next.Data(), Is.EqualTo(new[] { "a2", "b1" }), "with an id, what is after it");
    }

    private static PublishTerms? Terms(int? seconds, string? key = null) => seconds is null && key is null
        ? null
        : new PublishTerms
        {
            TimeToLive = seconds is { } time ? TimeSpan.FromSeconds(time) : null,
            CollapseKey = key is null ? null : TestBroker.Token(key),
        };

    private static void Publish(TestBroker broker, string topic, string text, int? seconds, string? key = null)
    {
        var dirty = new DirtyTopics();
        broker.Broker.PublishToTopic(TestBroker.Token(topic), TestBroker.Message(text), dirty, Terms(seconds, key));
        broker.Broker.Flush(dirty);
    }

    private void Publish(string text, int? seconds, string? key = null) => Publish(_broker, "match", text, seconds, key);

    private TestClient Newcomer(string token, bool confirms) => Newcomer(token, new FakeTransport { Confirms = confirms });

    private TestClient Newcomer(string token, FakeTransport? wire = null)
    {
        TestClient client = _broker.Join(token, wire);
        _broker.Broker.SubscribeTo(client.Session, "match"u8);
        return client;
    }
}
