using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>A HELLO while the client's old connection is dead, and the server does not know it yet.</summary>
internal sealed class BrokenSessionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_session_that_said_HELLO_while_the_old_one_is_dead_but_not_noticed_gets_everything_after_a_second()
    {
        TestClient dead = Join();
        _broker.Publish("t", "a", "b");
        TestClient next = Join();
        _broker.Publish("t", "c");
        Assert.That(next.Wire.Messages, Is.Empty, "the old one is asked first");
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a", "b", "c" }));
        TestBroker.Leave(dead);
        _broker.Publish("t", "d");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a", "b", "c", "d" }));
    }

    [Test]
    public void A_session_that_has_been_silent_for_a_second_already_is_not_waited_for()
    {
        Join();
        _broker.Publish("t", "a");
        _broker.Time.Advance(Second);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void When_the_other_session_answers_the_new_one_starts_at_once_with_what_is_live()
    {
        TestClient other = Join();
        _broker.Publish("t", "a");
        TestClient next = Join();
        _broker.Publish("t", "b");
        other.AnswerPing();
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "b" }));
        Assert.That(other.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_session_whose_last_ping_is_just_answered_is_asked_again_at_once()
    {
        TestClient other = Join();
        _broker.Publish("t", "a");
        other.AnswerPing();
        _broker.Publish("t", "b");
        TestClient next = Join();
        Assert.That(other.Pings, Has.Count.EqualTo(2));
        other.AnswerPing();
        _broker.Publish("t", "c");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public void A_session_that_answers_a_ping_from_before_the_rest_lives_and_is_waited_for_no_longer()
    {
        TestClient other = Join();
        _broker.Publish("t", "a");
        _broker.Publish("t", "b");
        TestClient next = Join();
        _broker.Time.Advance(TimeSpan.FromMilliseconds(500));
        other.AnswerPing();
        _broker.Publish("t", "c");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public void When_the_other_session_breaks_while_it_is_asked_the_new_one_starts_at_once_with_what_was_not_confirmed()
    {
        TestClient other = Join();
        _broker.Publish("t", "a");
        TestClient next = Join();
        TestBroker.Leave(other);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void When_the_other_session_says_goodbye_while_it_is_asked_what_it_had_not_confirmed_comes_again()
    {
        TestClient other = Join();
        _broker.Publish("t", "a");
        TestClient next = Join();
        other.Session.SaidGoodbye();
        TestBroker.Leave(other);
        _broker.Publish("t", "b");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_session_that_leaves_while_it_waits_leaves_nothing_behind()
    {
        TestClient other = Join();
        _broker.Publish("t", "a");
        TestClient next = Join();
        TestBroker.Leave(next);
        TestBroker.Leave(other);
        _broker.Advance(Second);
        _broker.Advance(_broker.Context.Limits.Resume);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void Who_breaks_while_others_are_asked_is_not_forgotten_before_they_have_answered()
    {
        using var broker = new TestBroker(new BrokerLimits { Resume = Second / 2 });
        TestClient broken = broker.Join("t", new FakeTransport { Confirms = true });
        TestClient other = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "a");
        TestClient next = broker.Join("t", new FakeTransport { Confirms = true });
        TestBroker.Leave(broken);
        broker.Advance(Second * 0.9);
        other.AnswerPing();
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Who_is_overtaken_while_it_waits_is_not_closed_but_starts_with_what_is_there()
    {
        const int Size = 5000;
        const int Count = 100;
        using var broker = new TestBroker(new BrokerLimits { Lag = 20 * Size, LagTime = TimeSpan.Zero, CacheSize = Size });
        TestClient other = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "a");
        TestClient next = broker.Join("t", new FakeTransport { Confirms = true });
        for (int i = 0; i < Count; i++)
            broker.Publish("t", TestBroker.Message(Size));
        Assert.That(next.Session.CloseRequested, Is.Null);
        other.AnswerPing();
        Assert.That(next.Wire.Messages, Has.Length.InRange(1, Count - 1));
        Assert.That(broker.Context.Counters.UnconfirmedLost.Value, Is.EqualTo(Count - next.Wire.Messages.Length));
        broker.Publish("t", "live");
        Assert.That(next.Wire.Messages[^1], Is.EqualTo("live"));
        Assert.That(next.Session.CloseRequested, Is.Null);
    }

    [Test]
    public void With_ids_who_is_overtaken_while_it_waits_is_told_what_it_missed()
    {
        const int Size = 5000;
        using var broker = new TestBroker(new BrokerLimits { Lag = 20 * Size, LagTime = TimeSpan.Zero, CacheSize = Size });
        TestClient other = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "a");
        var wire = new FakeTransport { Confirms = true };
        var session = new Session(wire, broker.Context) { Variant = Variant.Tagged, Confirms = true };
        broker.Broker.Subscribe(session, TestBroker.Token("t"));
        for (int i = 0; i < 100; i++)
            broker.Publish("t", TestBroker.Message(Size));
        other.AnswerPing();
        int missed = 101 - wire.Messages.Length;
        Assert.That(missed, Is.Positive);
        Assert.That(wire.Messages[0], Does.StartWith("GAP ").And.Contain(":1 ").And.EndWith($":{1 + missed}"));
        Assert.That(session.CloseRequested, Is.Null);
    }

    private TestClient Join() => _broker.Join("t", new FakeTransport { Confirms = true });
}
