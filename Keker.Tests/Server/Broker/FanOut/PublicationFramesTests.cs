using System.Buffers;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.Server.Broker.FanOut;

/// <summary>What the same publications look like to members of each variant.</summary>
internal sealed class PublicationFramesTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_text_is_an_event_with_the_number_of_messages_up_to_it()
    {
        Topic topic = Fill("t", "one", "two\nlines");
        string stream = Read(topic, 0, 2, Variant.EventStream);
        Assert.That(stream, Is.EqualTo($"id: {topic.Epoch:x}:1\ndata: one\n\nid: {topic.Epoch:x}:2\ndata: two\ndata: lines\n\n"));
    }

    [Test]
    public void Ids_tell_the_place_in_the_topic_wherever_the_batch_begins()
    {
        Topic topic = Fill("t", "one", "two", "three");
        IEnumerable<string> ids = ReceivedEvent.ReadAll(Read(topic, 1, 3, Variant.EventStream)).Select(received => received.LastId);
        Assert.That(ids, Is.EqualTo(new[] { $"{topic.Epoch:x}:2", $"{topic.Epoch:x}:3" }));
    }

    [Test]
    public void Bytes_are_an_event_of_their_own_type()
    {
        TestClient client = _broker.Join("t");
        client.Wire.Block();
        _broker.Publish("t", Publication.Create(new ReadOnlySequence<byte>([0xC3, 0x28]), binary: false));
        ReceivedEvent received = ReceivedEvent.ReadAll(Read(client.Topic, 0, 1, Variant.EventStream)).Single();
        Assert.That((received.Type, received.Data), Is.EqualTo(("binary", "wyg=")));
    }

    [Test]
    public void A_broadcast_has_no_id()
    {
        TestClient client = _broker.Join("t");
        client.Wire.Block();
        _broker.Broadcast("all");
        Assert.That(Read(client.Session.Broadcast!.Topic, 0, 1, Variant.EventStream), Is.EqualTo("data: all\n\n"));
    }

    [Test]
    public void The_plain_frame_is_the_publication_itself()
    {
        Topic topic = Fill("t", "one");
        var batch = new Batch();
        batch.Begin(0, Variant.Plain, topic);
        Assert.That(topic.TryRead(0, 1, batch));
        batch.Encode();
        Assert.That(batch.Bytes.ToArray(), Is.EqualTo((byte[])[0x80 | (byte)OpCode.Text, 3, .. "one"u8]));
    }

    [Test]
    public void Every_topic_has_an_epoch_of_its_own()
    {
        Topic[] topics = [Fill("a", "1"), Fill("b", "1")];
        using var other = new TestBroker();
        ulong elsewhere = other.Join("a").Topic.Epoch;
        Assert.That(new[] { topics[0].Epoch, topics[1].Epoch, elsewhere }, Is.Unique);
    }

    /// <summary>A topic whose log holds these: its member has no room for them.</summary>
    private Topic Fill(string token, params string[] texts)
    {
        TestClient client = _broker.Join(token);
        client.Wire.Block();
        _broker.Publish(token, texts);
        return client.Topic;
    }

    private static string Read(Topic topic, long from, long to, Variant variant)
    {
        var encoder = new BatchEncoder();
        encoder.Begin(topic, to);
        Batch batch = encoder.Get(from, variant)!;
        Assert.That(batch.End, Is.EqualTo(to));
        Assert.That(encoder.Get(from, variant), Is.SameAs(batch), "built once for all");
        return Encoding.UTF8.GetString(batch.Bytes.Span);
    }
}
