using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Topics;

/// <summary>Topics that sessions subscribe to by name.</summary>
internal sealed class NamedTopicTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Who_subscribes_gets_what_is_published_until_it_unsubscribes()
    {
        TestClient client = Join("a");
        TestClient other = Join("b");
        Subscribe(client, "news");
        _broker.PublishToTopic("news", "1");
        Assert.That(_broker.Broker.UnsubscribeFrom(client.Session, "news"u8));
        Assert.That(_broker.Broker.UnsubscribeFrom(client.Session, "news"u8), Is.False);
        Assert.That(_broker.PublishToTopic("news", "2").Sessions, Is.Zero);
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1" }));
        Assert.That(other.Wire.Messages, Is.Empty);
    }

    [Test]
    public void Who_unsubscribes_while_it_is_behind_gets_nothing_more_of_the_topic()
    {
        TestClient client = Join("a");
        Subscribe(client, "news");
        client.Wire.Block();
        _broker.PublishToTopic("news", "on its way");
        _broker.PublishToTopic("news", "behind");
        Assert.That(_broker.Broker.UnsubscribeFrom(client.Session, "news"u8));
        Subscribe(Join("b"), "news");
        _broker.PublishToTopic("news", "after");
        client.Wire.Unblock();
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "on its way" }));
        _broker.Publish("a", "token");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "on its way", "token" }));
    }

    [Test]
    public void A_token_and_a_topic_of_the_same_name_have_nothing_to_do_with_each_other()
    {
        TestClient client = Join("same");
        Assert.That(_broker.PublishToTopic("same", "topic").Sessions, Is.Zero);
        Assert.That(_broker.Publish("same", "token").Sessions, Is.EqualTo(1));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "token" }));
    }

    [Test]
    public void Subscribing_twice_changes_nothing()
    {
        TestClient client = Join("a");
        Subscribe(client, "news");
        Subscribe(client, "news");
        Assert.That(_broker.PublishToTopic("news", "1").Sessions, Is.EqualTo(1));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void A_session_has_so_many_topics_and_no_more()
    {
        TestClient client = Join("a");
        for (int i = 0; i < BrokerLimits.MostTopics; i++)
            Subscribe(client, $"topic {i}");
        Assert.That(_broker.Broker.TryJoinTopic(client.Session, "one more"u8, resume: null, out _), Is.False);
        Assert.That(_broker.Context.NamedTopics.Count, Is.EqualTo(BrokerLimits.MostTopics), "a topic that nobody is in takes no memory");
        Assert.That(_broker.Broker.UnsubscribeFrom(client.Session, TestBroker.Token("topic 7")));
        Subscribe(client, "one more");
    }

    [Test]
    public void After_a_break_the_same_token_gets_what_was_not_confirmed_and_another_one_only_what_is_live()
    {
        TestClient client = Join("a");
        Subscribe(client, "news");
        _broker.PublishToTopic("news", "1");
        client.AnswerPing();
        _broker.PublishToTopic("news", "2");
        TestBroker.Leave(client);
        TestClient other = Join("b");
        Subscribe(other, "news");
        _broker.PublishToTopic("news", "3");
        TestClient next = Join("a");
        Subscribe(next, "news");
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "2", "3" }));
        Assert.That(other.Wire.Messages, Is.EqualTo(new[] { "3" }));
    }

    [Test]
    public void A_dead_connection_of_the_same_token_is_asked_and_those_of_others_are_not()
    {
        TestClient dead = Join("a");
        Subscribe(dead, "news");
        TestClient crowd = Join("b");
        Subscribe(crowd, "news");
        _broker.PublishToTopic("news", "1");
        TestClient stranger = Join("c");
        Subscribe(stranger, "news");
        TestClient next = Join("a");
        Subscribe(next, "news");
        _broker.PublishToTopic("news", "2");
        Assert.That(stranger.Wire.Messages, Is.EqualTo(new[] { "2" }), "at once");
        Assert.That(next.Wire.Messages, Is.Empty);
        _broker.Time.Advance(Second);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void When_all_have_left_nothing_is_held()
    {
        TestClient client = Join("a");
        Subscribe(client, "news");
        Subscribe(client, "sports");
        _broker.PublishToTopic("news", "1");
        client.AnswerPing();
        client.Session.SaidGoodbye();
        TestBroker.Leave(client);
        _broker.Advance(Second);
        _broker.Advance(Second);
        Assert.That(_broker.Context.NamedTopics.Count, Is.Zero);
        _broker.AssertHoldsNothing();
    }

    private TestClient Join(string token) => _broker.Join(token, new FakeTransport { Confirms = true });

    private void Subscribe(TestClient client, string topic) => _broker.Broker.SubscribeTo(client.Session, TestBroker.Token(topic));
}
