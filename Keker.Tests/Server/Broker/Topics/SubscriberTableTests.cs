using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Topics;

internal sealed class SubscriberTableTests
{
    private TestBroker _broker = null!;

    private SubscriberTable Table => _broker.Context.Topics;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void One_token_has_one_topic()
    {
        Assert.That(Table.Find("t"u8), Is.Null);
        Topic topic = Table.GetOrAdd("t"u8);
        Assert.That(Table.GetOrAdd("t"u8), Is.SameAs(topic));
        Assert.That(Table.Find("t"u8), Is.SameAs(topic));
        Assert.That(Table.GetOrAdd("T"u8), Is.Not.SameAs(topic));
        Assert.That(topic.Name, Is.EqualTo("t"u8.ToArray()));
        Assert.That(Table.Count, Is.EqualTo(2));
    }

    [Test]
    public void A_topic_that_is_needed_stays()
    {
        TestClient client = _broker.Join("occupied");
        _broker.Publish("cached", "x");
        Topic cached = Table.Find("cached"u8)!;
        Table.Retire(client.Topic);
        Table.Retire(cached);
        Assert.That(Table.Find("occupied"u8), Is.SameAs(client.Topic));
        Assert.That(Table.Find("cached"u8), Is.SameAs(cached));
    }

    [Test]
    public void A_retired_topic_takes_nothing_any_more_and_does_not_take_its_successor_along()
    {
        Topic old = Table.GetOrAdd("t"u8);
        Table.Retire(old);
        Assert.That(Table.Find("t"u8), Is.Null);
        Assert.That(old.Append(TestBroker.Message("x")), Is.EqualTo(new PublishResult(PublishOutcome.Retired)));
        Assert.That(old.Keep(TestBroker.Message("x")), Is.EqualTo(PublishOutcome.Retired));
        Assert.That(old.TryJoin(new Subscription(old, new Session(new FakeTransport(), _broker.Context)), out _), Is.False);

        TestClient client = _broker.Join("t");
        Table.Retire(old);
        Assert.That(Table.Find("t"u8), Is.SameAs(client.Topic));
        _broker.Publish("t", "a");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void The_snapshot_shows_every_topic()
    {
        for (int i = 0; i < 500; i++)
            Table.GetOrAdd(TestBroker.Token($"t{i}"));
        Assert.That(Table.Snapshot().Select(topic => System.Text.Encoding.UTF8.GetString(topic.Name)),
            Is.EquivalentTo(Enumerable.Range(0, 500).Select(i => $"t{i}")));
    }

    /// <summary>On one token, so that every join and publish may meet the retirement of the topic that was there before.</summary>
    [Test]
    public void Joins_and_publishes_that_meet_a_retirement_lose_nothing()
    {
        const int Rounds = 2000;
        int accepted = 0;
        int delivered = 0;
        TestThreads.Run(
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    TestClient client = _broker.Join("t");
                    TestBroker.Leave(client);
                    delivered += client.Wire.Messages.Length;
                }
            },
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    // Cached or live: what meets a session that leaves at once may end with it, but never twice.
                    _broker.Publish("t", $"{i}");
                    accepted++;
                }
            },
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    if (Table.Find("t"u8) is { } topic)
                        Table.Retire(topic);
                }
            });
        TestClient last = _broker.Join("t");
        delivered += last.Wire.Messages.Length;
        Assert.That(accepted, Is.EqualTo(Rounds));
        Assert.That(delivered, Is.AtMost(Rounds).And.Positive);
        _broker.Publish("t", "end");
        Assert.That(last.Wire.Messages[^1], Is.EqualTo("end"));
        TestBroker.Leave(last);
        _broker.AssertHoldsNothing();
    }
}
