using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>A client breaks and is away for a while: what is published meanwhile is kept for it, and what becomes of that when it does not come back.</summary>
internal sealed class AwayTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void What_is_published_in_the_two_minutes_after_a_break_is_there_also_with_the_cache_off([Values] bool caches)
    {
        using var broker = new TestBroker(new BrokerLimits { Cache = caches ? TimeSpan.FromSeconds(5) : TimeSpan.Zero });
        TestClient client = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "confirmed");
        client.AnswerPing();
        TestBroker.Leave(client);
        for (int i = 0; i < 119; i++)
        {
            broker.Advance(Second);
            if (i % 30 == 0)
                Assert.That(broker.Publish("t", $"{i}").Outcome, Is.EqualTo(PublishOutcome.Cached));
        }
        Assert.That(broker.Join("t").Wire.Messages, Is.EqualTo(new[] { "0", "30", "60", "90" }));
        Assert.That(broker.Context.Counters.Expired.Value, Is.Zero);
    }

    [Test]
    public void Where_nothing_was_sent_yet_the_place_is_kept_all_the_same()
    {
        TestBroker.Leave(Join());
        _broker.Advance(60 * Second);
        _broker.Publish("t", "while away");
        _broker.Advance(10 * Second);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "while away" }));
    }

    [Test]
    public void A_time_to_live_ends_the_redelivery_and_takes_nothing_away_from_who_is_there([Values(0, 10)] int seconds)
    {
        TestClient slow = _broker.Join("t", new FakeTransport { Room = 0, Confirms = true });
        TestClient client = Join();
        Publish("short", seconds);
        _broker.Publish("t", "long");
        TestBroker.Leave(client);
        _broker.Advance((seconds + 1) * Second);
        TestClient back = Join();
        slow.Wire.Unblock();
        _broker.Advance(Second);
        Assert.That((back.Wire.Messages, slow.Wire.Messages), Is.EqualTo((new[] { "long" }, new[] { "short", "long" })));
    }

    [Test]
    public void What_expired_while_everybody_was_away_is_let_go_of_when_somebody_comes_and_counted()
    {
        TestBroker.Leave(Join());
        Publish("short", 10);
        Publish("not at all", 0);
        Publish("long", 1000);
        _broker.Advance(11 * Second);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "long" }));
        Assert.That(_broker.Context.Counters.Expired.Value, Is.EqualTo(1));
    }

    [Test]
    public void An_expired_message_is_no_gap_for_who_says_what_it_has()
    {
        TestClient client = Join();
        _broker.Publish("t", "0");
        ulong epoch = client.Topic.Epoch;
        TestBroker.Leave(client);
        Publish("expires", 1);
        _broker.Publish("t", "2");
        _broker.Advance(2 * Second);
        var wire = new FakeTransport { Confirms = true };
        var resume = new ResumePoint(new(epoch, 1));
        _broker.Broker.Subscribe(new TaggedSession(wire, _broker.Context) { Confirms = true }, "t"u8, resume);
        Assert.That((resume.IsGap, wire.Messages), Is.EqualTo((false, new[] { $"MSG {epoch:x}:3 -\n2" })));
    }

    [Test]
    public void When_the_last_position_ends_by_time_what_still_is_good_waits_for_the_next_HELLO_once()
    {
        TestClient client = Join();
        Publish("confirmed", 1000);
        client.AnswerPing();
        Publish("unconfirmed", 1000);
        TestBroker.Leave(client);
        _broker.Publish("t", "five seconds");
        Publish("while away", 1000);
        Publish("its time is up", 10);
        _broker.Advance(_broker.Context.Limits.Resume);
        Assert.That((_broker.Context.Breaks.Count, _broker.Context.CacheLedger.Count), Is.EqualTo((0, 2)));
        Assert.That(_broker.Context.Counters.Expired.Value, Is.EqualTo(2));
        _broker.Advance(60 * Second);
        TestClient next = Join();
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "unconfirmed", "while away" }));
        next.AnswerPing();
        next.Session.SaidGoodbye();
        TestBroker.Leave(next);
        Assert.That(Join().Wire.Messages, Is.Empty);
    }

    [Test]
    public void A_key_replaces_what_was_published_while_its_recipient_was_away_also_once_that_waits()
    {
        TestBroker.Leave(Join());
        Publish("1", 1000, "k");
        Publish("other", 1000, "o");
        Publish("2", 1000, "k");
        _broker.Advance(_broker.Context.Limits.Resume);
        Publish("3", 1000, "k");
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "other", "3" }));
    }

    [Test]
    public void A_key_takes_nothing_from_a_session_that_was_there()
    {
        TestClient client = Join();
        Publish("1", 1000, "k");
        TestBroker.Leave(client);
        Publish("2", 1000, "k");
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void Over_the_bound_in_all_the_oldest_break_goes_first_and_what_it_had_not_is_counted()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = 8000 });
        for (int i = 0; i < 10; i++)
        {
            TestClient client = broker.Join($"t{i}", new FakeTransport { Confirms = true });
            broker.Publish($"t{i}", TestBroker.Message(100));
            TestBroker.Leave(client);
        }
        int[] kept = [.. Enumerable.Range(0, 10).Select(i => broker.Join($"t{i}").Wire.Frames.Count)];
        Assert.That(kept, Is.EqualTo(kept.Order()), "later ones are kept, earlier ones are not");
        Assert.That(kept.Sum(), Is.InRange(5, 9));
        Assert.That(broker.Context.Counters.UnconfirmedLost.Value, Is.EqualTo(10 - kept.Sum()));
    }

    [Test]
    public void Breaks_of_a_crowd_of_tokens_end_with_their_time_and_hold_nothing_any_more()
    {
        for (int i = 0; i < 1000; i++)
        {
            TestClient client = _broker.Join($"t{i}", new FakeTransport { Confirms = true });
            if (i % 2 == 0)
                _broker.Publish($"t{i}", "m");
            TestBroker.Leave(client);
            _broker.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.That(_broker.Context.Breaks.Count, Is.EqualTo(1000));
        _broker.Advance(_broker.Context.Limits.Resume - 2 * Second);
        Assert.That(_broker.Context.Breaks.Count, Is.EqualTo(1000));
        _broker.Advance(2 * Second);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void In_a_crowd_where_somebody_always_waits_positions_end_all_the_same_and_hold_up_nobody_elses()
    {
        TestClient silent = Join("crowd");
        _broker.Publish("crowd", "m");
        TestBroker.Leave(Join("crowd"));
        TestBroker.Leave(Join("other"));
        for (int i = 0; i < 130; i++)
        {
            // Each has to wait for the one before.
            TestClient next = Join("crowd");
            _broker.Publish("crowd", "m");
            TestBroker.Leave(silent);
            silent = next;
            _broker.Advance(Second);
        }
        Assert.That(_broker.Context.Topics.Find("other"u8), Is.Null);
        Assert.That(_broker.Context.Breaks.Count, Is.InRange(115, 123));
    }

    /// <summary>Beside another session, which has it all: nothing of what this one has yet to confirm may go with the position that kept it until now.</summary>
    [Test]
    public void Who_says_what_it_has_just_before_the_position_ends_has_it_kept_from_there_on()
    {
        TestClient stays = Join();
        TestClient breaks = Join();
        _broker.Publish("t", "m0", "m1");
        ulong epoch = stays.Topic.Epoch;
        stays.AnswerPing();
        TestBroker.Leave(breaks);
        _broker.Advance(_broker.Context.Limits.Resume - Second);
        var wire = new FakeTransport { Confirms = true };
        var session = new TaggedSession(wire, _broker.Context) { Confirms = true };
        _broker.Broker.Subscribe(session, "t"u8, new ResumePoint(new(epoch, 0)));
        Assert.That(wire.Messages, Has.Length.EqualTo(2));
        _broker.Advance(Second);
        Assert.That(_broker.Context.Breaks.Count, Is.Zero);
        session.Disconnected();
        stays.Session.SendPing();
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "m0", "m1" }));
        Assert.That(_broker.Context.Counters.UnconfirmedLost.Value, Is.Zero);
    }

    [Test]
    public void A_topic_is_resumed_by_each_token_at_its_own_place()
    {
        TestClient[] clients = [Join("a"), Join("b")];
        foreach (TestClient client in clients)
            _broker.Broker.SubscribeTo(client.Session, "news"u8);
        _broker.PublishToTopic("news", "1");
        clients[0].AnswerPing();
        foreach (TestClient client in clients)
            TestBroker.Leave(client);
        _broker.PublishToTopic("news", "2");
        _broker.Advance(100 * Second);
        string[][] again = [.. new[] { "a", "b", "c" }.Select(token =>
        {
            TestClient client = Join(token);
            _broker.Broker.SubscribeTo(client.Session, "news"u8);
            return client.Wire.Messages;
        })];
        Assert.That(again, Is.EqualTo(new string[][] { ["2"], ["1", "2"], [] }));
    }

    private TestClient Join(string token = "t") => _broker.Join(token, new FakeTransport { Confirms = true });

    private void Publish(string text, int seconds, string? key = null)
    {
        var dirty = new DirtyTopics();
        var terms = new PublishTerms { TimeToLive = seconds * Second, CollapseKey = key is null ? null : TestBroker.Token(key) };
        _broker.Broker.Publish("t"u8, TestBroker.Message(text), dirty, terms);
        _broker.Broker.Flush(dirty);
    }
}
