using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.Sse;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>Opens event streams of several subscriptions as a connection does, and reads them.</summary>
internal static class ListedStreams
{
    /// <summary>A stream of a token and topics, or of topics alone.</summary>
    public static TestClient JoinStream(this TestBroker broker, string? token, string[] topics, string? lastId = null, bool tls = false)
    {
        var after = new MessageId?[topics.Length + (token is null ? 0 : 1)];
        if (lastId is not null)
            Assert.That(EventIdList.TryParse(TestBroker.Token(lastId), after), lastId);
        var wire = new FakeTransport { CanTrySend = !tls };
        var session = new ListedStreamSession(wire, broker.Context);
        List<JoinResult> joined = [];
        ResumePoint? Next() => after[joined.Count] is { } id ? new ResumePoint(id) : null;
        if (token is null)
        {
            Assert.That(MessageBroker.TryBegin(session));
        }
        else
        {
            Assert.That(broker.Broker.TryJoin(session, TestBroker.Token(token), Next(), out JoinResult own));
            joined.Add(own);
        }
        foreach (string topic in topics)
        {
            Assert.That(broker.Broker.TryJoinTopic(session, TestBroker.Token(topic), Next(), out JoinResult named));
            joined.Add(named);
        }
        session.Begin([.. joined]);
        joined.ForEach(broker.Broker.Deliver);
        return new TestClient(session, wire);
    }

    /// <summary>A stream of one topic and no token.</summary>
    public static TestClient JoinTopicStream(this TestBroker broker, string topic, string? lastId = null)
    {
        ResumePoint? resume = null;
        if (lastId is not null)
        {
            Assert.That(MessageId.TryParse(TestBroker.Token(lastId), out MessageId id), lastId);
            resume = new ResumePoint(id);
        }
        var wire = new FakeTransport();
        var session = new EventStreamSession(wire, broker.Context, resume);
        Assert.That(MessageBroker.TryBegin(session));
        Assert.That(broker.Broker.TryJoinTopic(session, TestBroker.Token(topic), resume, out JoinResult joined));
        broker.Broker.Deliver(joined);
        return new TestClient(session, wire);
    }

    /// <summary>Publishes one message to the token <c>t</c> or to a topic of another name.</summary>
    public static void PublishTo(this TestBroker broker, string name, string text)
    {
        if (name == "t")
            broker.Publish(name, text);
        else
            broker.PublishToTopic(name, text);
    }

    /// <summary>A place in a topic by name as ids have it.</summary>
    public static string Place(this TestBroker broker, string topic, long offset) => Place(broker.Context.NamedTopics.Find(TestBroker.Token(topic))!, offset);

    /// <summary>A place in a topic as ids have it.</summary>
    public static string Place(Topic topic, long offset)
    {
        byte[] place = new byte[EventIdList.MaxLength(1)];
        return Encoding.ASCII.GetString(place, 0, EventIdList.Write(place, new MessageId(topic.Epoch, offset)));
    }

    /// <summary>The offsets of an id.</summary>
    public static string Offsets(string id) => string.Join(' ', id.Split(',').Select(place => place.Split(':')[1]));

    public static List<ReceivedEvent> Events(this TestClient client) => ReceivedEvent.ReadAll(client.Wire.Stream);

    public static IEnumerable<string> Data(this TestClient client) => client.Events().Select(received => received.Data);

    /// <summary>The texts of the token <c>t</c> or of a topic of another name.</summary>
    public static string[] TextsOf(this TestClient client, string name) =>
        [.. client.Events().Where(received => received.Type == (name == "t" ? "message" : $"message:{name}")).Select(received => received.Data)];
}
