using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Confirming;

/// <summary>A HELLO of a token that has many sessions, one of which is dead without anybody knowing.</summary>
internal sealed class PredecessorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { SmallPass = int.MaxValue });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void What_one_of_many_had_not_confirmed_comes_to_the_next([Values(2, 64, 65, 300, 2000)] int sessions, [Values] bool first)
    {
        List<TestClient> clients = [.. Enumerable.Range(0, sessions).Select(_ => Join("t"))];
        TestClient dead = clients[first ? 0 : ^1];
        clients.Remove(dead);
        _broker.Publish("t", "a");
        clients.ForEach(client => client.AnswerPing());
        TestClient next = Join("t");
        _broker.Publish("t", "b");
        Assert.That(next.Wire.Messages, Is.Empty, "one has yet to answer");
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(clients[^1].Wire.Messages, Is.EqualTo(new[] { "a", "b" }), "the others get nothing again");
    }

    [Test]
    public void Of_a_busy_crowd_those_that_answered_lately_are_asked_in_their_turn_and_all_start_with_what_is_live()
    {
        List<TestClient> clients = [.. Enumerable.Range(0, 200).Select(_ => Join("t"))];
        _broker.Publish("t", "a");
        clients.ForEach(client => client.AnswerPing());
        _broker.Publish("t", "b");
        TestClient next = Join("t");
        Assert.That(clients.Sum(client => client.Pings.Count), Is.EqualTo(200), "their last pings are not half a second old");
        for (int i = 0; i < 9; i++)
        {
            _broker.Time.Advance(Second / 10);
            clients.FindAll(client => client.Session.UnansweredSince is not null).ForEach(client => client.AnswerPing());
        }
        Assert.That(clients.Sum(client => client.Pings.Count), Is.EqualTo(400));
        _broker.Publish("t", "c");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public void However_many_come_back_at_once_nobody_is_pinged_more_than_twice_a_second()
    {
        List<TestClient> clients = [.. Enumerable.Range(0, 100).Select(_ => Join("t"))];
        for (int i = 0; i < 40; i++)
        {
            _broker.Publish("t", $"{i}");
            for (int joins = 0; joins < 5; joins++)
                Join("t");
            _broker.Time.Advance(Second / 20);
            clients.FindAll(client => client.Session.UnansweredSince is not null).ForEach(client => client.AnswerPing());
        }
        Assert.That(clients.Max(client => client.Pings.Count), Is.InRange(2, 5), "in two seconds");
    }

    [Test]
    public void A_topic_asks_companions_of_the_same_token_however_many_there_are([Values(2, 100)] int companions, [Values(1, 100)] int strangers)
    {
        List<TestClient> clients = [.. Enumerable.Range(0, companions).Select(_ => Join("t"))];
        List<TestClient> others = [.. Enumerable.Range(0, strangers).Select(i => Join($"s{i}"))];
        clients.Concat(others).ToList().ForEach(client => Subscribe(client));
        _broker.PublishToTopic("news", "a");
        clients.Skip(1).ToList().ForEach(client => client.AnswerPing());
        TestClient next = Join("t");
        Subscribe(next);
        TestClient stranger = Join("new");
        Subscribe(stranger);
        _broker.PublishToTopic("news", "b");
        Assert.That((next.Wire.Messages, stranger.Wire.Messages), Is.EqualTo((Array.Empty<string>(), new[] { "b" })));
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_session_that_was_alone_and_is_dead_is_known_in_its_topics_from_the_second_HELLO_on()
    {
        TestClient dead = Join("t");
        Subscribe(dead);
        _broker.PublishToTopic("news", "a");
        TestClient next = Join("t");
        Subscribe(next);
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void A_drain_lets_a_session_that_waits_for_its_start_have_its_messages([Values] bool topic)
    {
        TestClient dead = Join("t");
        Subscribe(dead);
        if (topic)
            _broker.PublishToTopic("news", "a");
        else
            _broker.Publish("t", "a");
        TestClient next = Join("t");
        Subscribe(next);
        next.Session.RequestClose(CloseCode.GoingAway, default, afterLog: true);
        Assert.That(next.Wire.CloseCode, Is.Zero);
        _broker.Time.Advance(Second);
        Assert.That((next.Wire.Messages, next.Wire.CloseCode), Is.EqualTo((new[] { "a" }, 1001)));
    }

    [Test]
    public void Who_leaves_while_it_waits_takes_nothing_of_what_comes_for_the_next()
    {
        Join("t");
        _broker.Publish("t", "a");
        TestClient waits = Join("t");
        waits.Session.SaidGoodbye();
        TestBroker.Leave(waits);
        _broker.Time.Advance(Second);
        Assert.That(waits.Wire.Messages, Is.Empty);
        Assert.That(Join("t").Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void What_is_cached_after_all_have_left_waits_for_a_HELLO_and_not_for_one_that_had_to_wait_and_is_gone()
    {
        TestClient first = Join("t");
        _broker.Publish("t", "a");
        TestClient waits = Join("t");
        foreach (TestClient client in new[] { waits, first })
        {
            if (client == first)
                client.AnswerPing();
            client.Session.SaidGoodbye();
            TestBroker.Leave(client);
        }
        _broker.Publish("t", "cached");
        _broker.Time.Advance(Second);
        Assert.That(Join("t").Wire.Messages, Is.EqualTo(new[] { "cached" }));
    }

    /// <summary>A crowd that comes back within a second must not cost a walk of the crowd for each.</summary>
    [Test]
    public void A_join_into_a_crowd_allocates_as_much_as_into_a_small_one()
    {
        long Join10(int crowd)
        {
            string token = $"crowd of {crowd}";
            for (int i = 0; i < crowd; i++)
                Join(token);
            _broker.Publish(token, "a");
            Session[] sessions = [.. Enumerable.Range(0, 10).Select(_ => new Session(new SinkTransport(), _broker.Context) { Confirms = true })];
            byte[] name = TestBroker.Token(token);
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Session session in sessions)
                _broker.Broker.TryJoin(session, name, resume: null, out _);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Join10(100);
        long small = Enumerable.Range(0, 5).Min(i => Join10(100 + i));
        long large = Enumerable.Range(0, 5).Min(i => Join10(3000 + i));
        Assert.That(large, Is.LessThanOrEqualTo(small + small / 4));
    }

    private TestClient Join(string token) => _broker.Join(token, new FakeTransport { Confirms = true });

    private void Subscribe(TestClient client) => _broker.Broker.SubscribeTo(client.Session, "news"u8);
}
