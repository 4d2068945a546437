using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>Sessions that are dead and not noticed as such, and what must not get lost between them and the next one of the token.</summary>
internal sealed class DeadSessionTests
{
    private const int CacheSize = 1000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { CacheSize = CacheSize });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void What_is_appended_and_not_yet_sent_to_the_dead_session_comes_after_a_second()
    {
        Join();
        var dirty = new DirtyTopics();
        _broker.Broker.Publish(TestBroker.Token("t"), TestBroker.Message("on its way"), dirty);
        TestClient next = Join();
        _broker.Broker.Flush(dirty);
        _broker.Publish("t", "live");
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "on its way", "live" }));
    }

    [Test]
    public void What_came_while_a_session_waited_that_is_dead_as_well_comes_to_the_next_one()
    {
        TestClient stable = Join();
        _broker.Publish("t", "a");
        Join();
        _broker.Publish("t", "b");
        TestClient next = Join();
        stable.AnswerPing();
        _broker.Time.Advance(Second / 2);
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void The_answer_to_a_ping_from_before_the_start_confirms_nothing_that_came_after_it()
    {
        TestClient dead = Join();
        _broker.Publish("t", "a");
        TestClient next = Join();
        next.Session.SendPing();
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a" }));
        next.AnswerPing();
        dead.Session.SaidGoodbye();
        TestBroker.Leave(dead);
        TestBroker.Leave(next);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void Where_a_silent_session_has_confirmed_less_than_is_kept_the_next_one_starts_with_what_is_kept()
    {
        Join();
        string[] messages = [.. Enumerable.Range(0, 50).Select(i => $"{i:000}{new string('x', 97)}")];
        foreach (string message in messages)
            _broker.Publish("t", message);
        _broker.Advance(Second);
        TestClient next = Join();
        _broker.Advance(Second);
        Assert.That(next.Session.CloseRequested, Is.Null);
        Assert.That(next.Wire.Messages, Is.Not.Empty.And.EqualTo(messages.TakeLast(next.Wire.Messages.Length)));
    }

    [Test]
    public void What_is_kept_for_confirmation_makes_nobody_slow_however_much_it_is()
    {
        const int Size = 1000;
        const int Count = 50;
        using var broker = new TestBroker(new BrokerLimits { CacheSize = 2 * Count * Size, Lag = Count * Size / 2, LagTime = TimeSpan.Zero });
        TestClient dead = broker.Join("t", new FakeTransport { Confirms = true });
        for (int i = 0; i < Count; i++)
            broker.Publish("t", TestBroker.Message(Size));
        TestClient next = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", TestBroker.Message(Size));
        broker.Advance(Second);
        Assert.That(next.Session.CloseRequested, Is.Null);
        Assert.That(next.Wire.Messages, Has.Length.EqualTo(Count + 1));
        TestBroker.Leave(dead);
        Assert.That(broker.Context.Counters.UnconfirmedLost.Value, Is.Zero);
    }

    [Test]
    public void What_a_slow_reader_pushes_out_that_was_kept_for_a_broken_session_is_counted()
    {
        const int Size = 1000;
        using var broker = new TestBroker(new BrokerLimits { CacheSize = 2 * Size, Lag = 10 * Size, LagTime = TimeSpan.Zero });
        TestClient broken = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", TestBroker.Message(Size));
        TestBroker.Leave(broken);
        TestClient slow = broker.Join("t", new FakeTransport { Room = 0 });
        int sent = 1;
        for (; slow.Session.CloseRequested is null; sent++)
            broker.Publish("t", TestBroker.Message(Size));
        TestClient next = broker.Join("t", new FakeTransport { Confirms = true });
        Assert.That(broker.Context.Counters.UnconfirmedLost.Value, Is.Positive.And.EqualTo(sent - next.Wire.Messages.Length));
    }

    [Test]
    public void What_comes_while_its_client_is_away_has_the_room_of_what_is_not_confirmed()
    {
        const int Size = 300;
        TestClient broken = Join();
        _broker.Publish("t", TestBroker.Message(Size));
        TestBroker.Leave(broken);
        for (int i = 0; i < 2 * CacheSize / Size; i++)
            _broker.Publish("t", TestBroker.Message(Size));
        int length = Join().Wire.Messages.Length;
        Assert.That(length, Is.InRange(CacheSize / Size / 2, CacheSize / Size));
        Assert.That(_broker.Context.Counters.UnconfirmedLost.Value, Is.EqualTo(1 + 2 * CacheSize / Size - length));
    }

    private TestClient Join() => _broker.Join("t", new FakeTransport { Confirms = true });
}
