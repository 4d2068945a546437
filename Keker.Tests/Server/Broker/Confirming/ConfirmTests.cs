using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Confirming;

/// <summary>Pings behind messages, the pongs that confirm them, and what is sent again after a connection broke.</summary>
internal sealed class ConfirmTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { CacheSize = 1000 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_ping_goes_out_in_the_same_send_as_the_messages_before_it([Values] bool tls)
    {
        TestClient client = Join(tls: tls);
        int sends = client.Wire.TrySends;
        _broker.Publish("t", "a", "b");
        Assert.That(client.Wire.Frames.Select(frame => frame.OpCode), Is.EqualTo(new[] { OpCode.Text, OpCode.Text, OpCode.Ping }));
        if (!tls)
            Assert.That(client.Wire.TrySends, Is.EqualTo(sends + 1));
    }

    [Test]
    public void Under_load_one_ping_a_second_goes_out_and_none_while_one_has_no_answer()
    {
        TestClient client = Join();
        _broker.Publish("t", "1");
        client.AnswerPing();
        _broker.Publish("t", "2");
        Assert.That(client.Pings, Has.Count.EqualTo(1), "not a second yet");
        _broker.Advance(Second);
        _broker.Publish("t", "3");
        Assert.That(client.Pings, Has.Count.EqualTo(2));
        _broker.Advance(Second);
        _broker.Publish("t", "4");
        Assert.That(client.Pings, Has.Count.EqualTo(2), "the second has no answer");
    }

    [Test]
    public void What_follows_the_last_ping_is_confirmed_by_the_heartbeat()
    {
        TestClient client = Join();
        _broker.Publish("t", "1");
        client.AnswerPing();
        _broker.Publish("t", "2");
        Assert.That(client.Session.OwnTopic!.IsUnconfirmed);
        client.Session.ConfirmQuiet(_broker.Context.Clock.Now);
        Assert.That(client.Pings, Has.Count.EqualTo(1));
        _broker.Time.Advance(Second);
        client.Session.ConfirmQuiet(_broker.Context.Clock.Now);
        client.AnswerPing();
        Assert.That(client.Session.OwnTopic!.IsUnconfirmed, Is.False);
        _broker.Time.Advance(Second);
        client.Session.ConfirmQuiet(_broker.Context.Clock.Now);
        Assert.That(client.Pings, Has.Count.EqualTo(2), "nothing is left to confirm");
    }

    [Test]
    public void After_a_break_what_was_not_confirmed_comes_again_before_what_is_live()
    {
        TestClient client = Join();
        _broker.Publish("t", "confirmed");
        client.AnswerPing();
        _broker.Publish("t", "on its way");
        TestBroker.Leave(client);
        _broker.Publish("t", "while away");
        TestClient next = Join();
        _broker.Publish("t", "live");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "on its way", "while away", "live" }));
    }

    [Test]
    public void A_HELLO_takes_nothing_away_of_what_a_session_had_not_confirmed()
    {
        TestClient client = Join();
        _broker.Publish("t", "a");
        TestBroker.Leave(client);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "a" }));
        TestClient silent = Join();
        _broker.Time.Advance(Second);
        Assert.That(silent.Wire.Messages, Is.EqualTo(new[] { "a" }), "a second one gets it, too");
    }

    [Test]
    public void After_a_goodbye_comes_again_only_what_was_not_confirmed([Values] bool answers)
    {
        TestClient client = Join();
        _broker.Publish("t", "a");
        if (answers)
            client.AnswerPing();
        client.Session.SaidGoodbye();
        TestBroker.Leave(client);
        Assert.That(Join().Wire.Messages, Is.EqualTo(answers ? [] : new[] { "a" }));
    }

    [Test]
    public void What_nobody_comes_back_for_is_let_go_of_once_its_position_ends()
    {
        TestClient client = Join();
        _broker.Publish("t", "a");
        TestBroker.Leave(client);
        _broker.Advance(_broker.Context.Limits.Resume - Second);
        Assert.That(_broker.Context.Memory.Bytes, Is.Positive);
        _broker.Advance(Second);
        _broker.AssertHoldsNothing();
        Assert.That(_broker.Context.Counters.Expired.Value, Is.EqualTo(1));
        Assert.That(Join().Wire.Messages, Is.Empty);
    }

    [Test]
    public void The_age_of_what_was_not_confirmed_counts_from_the_break()
    {
        TestClient client = Join();
        _broker.Publish("t", "a");
        _broker.Advance(TimeSpan.FromSeconds(14));
        TestBroker.Leave(client);
        _broker.Advance(TimeSpan.FromSeconds(4));
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Who_broke_again_before_it_confirmed_gets_it_once_more()
    {
        TestClient client = Join();
        _broker.Publish("t", "a");
        TestBroker.Leave(client);
        _broker.Advance(TimeSpan.FromSeconds(4));
        TestBroker.Leave(Join());
        _broker.Advance(TimeSpan.FromSeconds(4));
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    /// <summary>The clock is read while a ping is on its way out.</summary>
    [Test]
    public void A_ping_is_at_no_moment_said_to_be_as_old_as_the_one_before()
    {
        var time = new HookedTime();
        using var broker = new TestBroker(time: time);
        TestClient client = broker.Join("t", new FakeTransport { Confirms = true });
        client.Session.SendPing();
        client.AnswerPing();
        time.Advance(TimeSpan.FromSeconds(10));
        long now = broker.Context.Clock.Now;
        var seen = new List<long?>();
        time.Hook = () => seen.Add(client.Session.UnansweredSince);
        client.Session.SendPing();
        time.Hook = null;
        Assert.That(seen, Is.Not.Empty.And.All.Null.Or.EqualTo(now));
        Assert.That(client.Session.UnansweredSince, Is.EqualTo(now));
    }

    [Test]
    public void However_many_break_again_and_again_nobody_gets_what_broke_longer_ago_than_a_position_holds()
    {
        using var broker = new TestBroker(new BrokerLimits { Resume = 5 * Second });
        TestClient first = Join();
        broker.Publish("t", "old");
        TestBroker.Leave(first);
        for (int second = 0; second < 6; second++)
        {
            for (int i = 0; i < 70; i++)
            {
                TestClient client = Join();
                if (client.Pings.Count > 0)
                    client.AnswerPing();
                TestBroker.Leave(client);
            }
            broker.Advance(Second);
        }
        Assert.That(Join().Wire.Messages, Is.Empty);

        TestClient Join() => broker.Join("t", new FakeTransport { Confirms = true });
    }

    [Test]
    public void Once_it_is_confirmed_nothing_is_kept([Values(1, 3)] int sessions)
    {
        TestClient[] clients = [.. Enumerable.Range(0, sessions).Select(_ => Join())];
        _broker.Publish("t", "a");
        Assert.That(_broker.Context.Memory.Bytes, Is.Positive);
        foreach (TestClient client in clients)
            client.AnswerPing();
        if (sessions > 1)
            _broker.Advance(Second);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void Of_a_crowd_nothing_is_kept_longer_than_it_takes_to_confirm_or_to_be_reset()
    {
        using var broker = new TestBroker(new BrokerLimits { SmallPass = int.MaxValue });
        for (int i = 0; i < 100; i++)
            broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "a");
        broker.Advance(TimeSpan.FromSeconds(17));
        Assert.That(broker.Context.Memory.Bytes, Is.Positive);
        broker.Advance(TimeSpan.FromSeconds(2));
        Assert.That(broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void Within_the_bound_of_the_cache_the_oldest_go_first_and_are_counted()
    {
        TestClient client = Join();
        string[] texts = [.. Enumerable.Range(0, 10).Select(i => $"{i}".PadRight(100, '.'))];
        _broker.Publish("t", texts);
        TestBroker.Leave(client);
        string[] again = Join().Wire.Messages;
        Assert.That(again, Has.Length.InRange(3, 6), "1000 bytes with what each costs beside its payload");
        Assert.That(again, Is.EqualTo(texts[^again.Length..]));
        Assert.That(_broker.Context.Counters.UnconfirmedLost.Value, Is.EqualTo(10 - again.Length));
    }

    [Test]
    public void Where_nothing_resumes_nothing_is_kept_for_confirmation()
    {
        using var broker = new TestBroker(new BrokerLimits { Resume = TimeSpan.Zero });
        TestClient client = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "a");
        Assert.That(broker.Context.Memory.Bytes, Is.Zero);
        TestBroker.Leave(client);
        broker.AssertHoldsNothing();
    }

    [Test]
    public void Cut_at_any_byte_messages_and_ping_arrive_whole_and_the_ping_confirms_them([Range(0, 20)] int room, [Values] bool tls)
    {
        TestClient client = Join(tls: tls);
        client.Wire.Room = room;
        _broker.Publish("t", "aa", "bb");
        client.Wire.Unblock();
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "aa", "bb" }));
        client.AnswerPing();
        Assert.That(client.Session.OwnTopic!.IsUnconfirmed, Is.False);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void What_goes_out_after_the_ping_is_not_confirmed_by_its_answer()
    {
        TestClient client = Join();
        _broker.Publish("t", "a");
        _broker.Publish("t", "b");
        client.AnswerPing();
        TestBroker.Leave(client);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void A_large_message_has_its_ping_in_a_send_of_its_own()
    {
        using var broker = new TestBroker();
        TestClient client = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", TestBroker.Message(100_000));
        Assert.That(client.Wire.Frames.Select(frame => frame.OpCode), Is.EqualTo(new[] { OpCode.Binary, OpCode.Ping }));
        client.AnswerPing();
        Assert.That(broker.Context.Memory.Bytes, Is.Zero);
    }

    private TestClient Join(bool tls = false) => _broker.Join("t", new FakeTransport { Confirms = true, CanTrySend = !tls });
}
