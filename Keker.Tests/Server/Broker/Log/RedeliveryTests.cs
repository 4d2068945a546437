using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>A client that goes away without a word tells of a message only where it has got all of that again.</summary>
internal sealed class RedeliveryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void What_was_acknowledged_of_one_topic_tells_nothing_of_a_message_of_another_that_was_not_sent_whole()
    {
        TestClient client = Subscribed(long.MaxValue);
        _broker.PublishToTopic("news", "news 1", "news 2");
        _broker.Time.Advance(Second / 10);
        _broker.Publish("t", "1");
        for (int i = 0; i < 6; i++)
        {
            client.Session.Disconnected(byClient: true);
            _broker.Time.Advance(Second / 10);
            client = Subscribed(room: 13);
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1" }), $"time {i}");
        }
        client.Session.Disconnected(byClient: true);
        _broker.Time.Advance(Second / 10);
        Assert.That(Subscribed(long.MaxValue).Wire.Messages, Is.EqualTo(new[] { "1", "news 1", "news 2" }));

        // Room for the token's message, its ping, and a part of the first one of the topic.
        TestClient Subscribed(long room)
        {
            TestClient next = _broker.Join("t", new FakeTransport { Confirms = true, Mark = 1, Room = room });
            _broker.Broker.SubscribeTo(next.Session, "news"u8);
            return next;
        }
    }

    [Test]
    public void Who_chokes_on_the_first_of_several_messages_is_understood_also_where_its_socket_took_only_that()
    {
        TestClient client = Join();
        _broker.Publish("t", TestBroker.Message("chokes"), TestBroker.Message(1000));
        for (int i = 0; i < 3; i++)
        {
            client.Session.Disconnected(byClient: true);
            _broker.Time.Advance(Second / 10);
            client = _broker.Join("t", new FakeTransport { Confirms = true, Mark = 1, Room = 100 });
        }
        client.Session.Disconnected(byClient: true);
        Assert.That(Join().Wire.Frames.Where(frame => frame.IsMessage).Select(frame => frame.Payload.Length), Is.EqualTo(new[] { 1000 }));
    }

    private TestClient Join() => _broker.Join("t", new FakeTransport { Confirms = true, Mark = 1 });
}
