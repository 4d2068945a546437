using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>Members that read too slowly.</summary>
internal sealed class OverflowTests
{
    private const int Lag = 64 << 10;

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { Lag = Lag, LagTime = TimeSpan.Zero });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_member_too_far_behind_is_closed_with_1013_counted_once_and_the_others_get_everything([Values] bool tls)
    {
        TestClient slow = Join("t", tls, room: 0);
        TestClient fast = Join("t", tls);
        int published = PublishUntil(() => slow.Session.CloseRequested is not null);
        PublishMore(published, 100);
        Assert.That(slow.Session.CloseRequested!.Code, Is.EqualTo(CloseCode.TryAgainLater));
        Assert.That(_broker.Context.Counters.SlowConsumers.Value, Is.EqualTo(1));
        Assert.That(fast.Wire.Frames, Has.Count.EqualTo(published + 100));
        Assert.That(fast.Session.CloseRequested, Is.Null);

        slow.Wire.Unblock();
        Assert.That(slow.Wire.CloseCode, Is.EqualTo(1013));
        Assert.That(slow.Wire.Frames, Has.Count.EqualTo(2), "the frame that was begun, then the Close");
        Assert.That(_broker.Context.Counters.SlowConsumers.Value, Is.EqualTo(1));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_member_within_the_lag_is_not_closed_and_gets_everything()
    {
        TestClient slow = Join("t", tls: false, room: 0);
        Publication message = TestBroker.Message(1000);
        int fit = Lag / message.Cost;
        for (int i = 0; i < fit; i++)
            Assert.That(_broker.Publish("t", message).Outcome, Is.EqualTo(PublishOutcome.Published));
        Assert.That(slow.Session.CloseRequested, Is.Null);
        slow.Wire.Unblock();
        Assert.That(slow.Wire.Frames, Has.Count.EqualTo(fit));
        Assert.That(slow.Wire.CloseCode, Is.Zero);
    }

    [Test]
    public void Nobody_is_cut_off_for_less_than_the_lag_time_within_four_times_the_lag()
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = Lag, LagTime = TimeSpan.FromMilliseconds(100) });
        TestClient slow = broker.Join("t", new FakeTransport { Room = 0 });
        Publication[] messages = [.. Enumerable.Range(0, 200).Select(_ => TestBroker.Message(1000))];
        foreach (Publication message in messages)
            broker.Publish("t", message);
        Assert.That(broker.Context.Memory.Bytes, Is.GreaterThan(Lag));
        Assert.That(slow.Session.CloseRequested, Is.Null, "it had no time to read");

        broker.Time.Advance(TimeSpan.FromMilliseconds(100));
        broker.Publish("t", "one more");
        Assert.That(broker.Context.Memory.Bytes, Is.AtMost(Lag));
        Assert.That(slow.Session.CloseRequested?.Code, Is.EqualTo(CloseCode.TryAgainLater));
    }

    [Test]
    public void The_lag_time_buys_no_more_than_four_times_the_lag()
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = Lag, LagTime = TimeSpan.FromHours(1) });
        TestClient slow = broker.Join("t", new FakeTransport { Room = 0 });
        while (slow.Session.CloseRequested is null)
        {
            broker.Publish("t", TestBroker.Message(1000));
            Assert.That(broker.Context.Memory.Bytes, Is.AtMost(4 * Lag));
        }
        Assert.That(slow.Session.CloseRequested.Code, Is.EqualTo(CloseCode.TryAgainLater));
    }

    [Test]
    public void The_log_of_a_slow_member_is_bounded_whatever_the_number_of_slow_members()
    {
        TestClient[] slow = [.. Enumerable.Range(0, 20).Select(_ => Join("t", tls: false, room: 0))];
        for (int i = 0; i < 1000; i++)
        {
            Assert.That(_broker.Publish("t", TestBroker.Message(1000)).Outcome, Is.Not.EqualTo(PublishOutcome.NoRoom), "no publisher waits for them");
            int cached = _broker.Context.CacheLedger.Count;
            Assert.That(_broker.Context.Memory.Bytes, Is.AtMost(cached == 0 ? Lag : _broker.Context.CacheLedger.Bytes), "nobody is left who needs more than what is cached");
        }
        Assert.That(_broker.Context.Counters.SlowConsumers.Value, Is.EqualTo(slow.Length));
        foreach (TestClient client in slow)
            TestBroker.Leave(client);
        foreach (TestClient client in slow)
            client.Wire.CompleteSend(sent: false);
        _broker.Advance(TimeSpan.FromSeconds(5));
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_member_that_was_overtaken_and_makes_room_before_anybody_noticed_learns_it_from_its_own_cursor()
    {
        TestClient slow = Join("t", tls: false, room: 0);
        _broker.Publish("t", TestBroker.Message(1000));
        var dirty = new DirtyTopics();

        // Appended and not flushed: no pass has told the member yet.
        for (int i = 0; i < 3 * Lag / 1000; i++)
        {
            if (_broker.Broker.Publish("t"u8, TestBroker.Message(1000), dirty).Outcome != PublishOutcome.NoRoom)
                continue;

            // A pass that visits nobody makes room and tells nobody.
            slow.Topic.EndPass(slow.Topic.BeginPass() with { Members = default });
        }
        Assert.That(slow.Session.CloseRequested, Is.Null);
        slow.Wire.Unblock();
        Assert.That(slow.Wire.CloseCode, Is.EqualTo(1013));
        Assert.That(slow.Wire.Frames, Has.Count.EqualTo(2));
        Assert.That(_broker.Context.Counters.SlowConsumers.Value, Is.EqualTo(1));
    }

    [Test]
    public void Nothing_a_slow_member_needs_is_trimmed_while_others_come_and_go()
    {
        TestClient slow = Join("t", tls: false, room: 0);
        for (int i = 0; i < 10; i++)
        {
            TestClient guest = Join("t", tls: false);
            _broker.Publish("t", $"{i}");
            TestBroker.Leave(guest);
        }
        slow.Wire.Unblock();
        Assert.That(slow.Wire.Messages, Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"{i}")));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void The_log_is_let_go_of_as_soon_as_the_last_slow_member_has_it()
    {
        TestClient[] slow = [Join("t", tls: false, room: 0), Join("t", tls: true, room: 0)];
        Join("t", tls: false);
        _broker.Publish("t", "a", "b");
        slow[0].Wire.Unblock();
        Assert.That(_broker.Context.Memory.Bytes, Is.Positive);
        slow[1].Wire.Unblock();
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_member_slow_on_the_broadcast_still_gets_its_own_messages_until_then()
    {
        TestClient slow = Join("t", tls: false, room: 0);
        _broker.Publish("t", "own");
        _broker.Broadcast("all");
        slow.Wire.Unblock();
        Assert.That(slow.Wire.Messages, Is.EqualTo(new[] { "own", "all" }));
    }

    private int PublishUntil(Func<bool> condition)
    {
        int published = 0;
        while (!condition())
        {
            Assert.That(published, Is.LessThan(2 * Lag / 1000), "it is never closed");
            PublishMore(published++, 1);
        }
        Assert.That(published, Is.GreaterThan(Lag / 1300), "it was closed too soon");
        return published;
    }

    private void PublishMore(int first, int count)
    {
        for (int i = first; i < first + count; i++)
            Assert.That(_broker.Publish("t", TestBroker.Message(1000)).Outcome, Is.EqualTo(PublishOutcome.Published));
    }

    private TestClient Join(string token, bool tls, long room = long.MaxValue) =>
        _broker.Join(token, new FakeTransport { CanTrySend = !tls, Room = room });
}
