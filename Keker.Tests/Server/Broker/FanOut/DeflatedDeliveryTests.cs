using System.Text;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;
using Keker.Tests.Protocol.Deflate;

namespace Keker.Tests.Server.Broker.FanOut;

/// <summary>Who gets which variant, and which thread has to make it.</summary>
internal sealed class DeflatedDeliveryTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { FanOutWorkers = 2 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void One_pass_serves_both_variants([Values] bool tls)
    {
        TestClient[] plain = [.. Enumerable.Range(0, 3).Select(_ => _broker.Join("t", new FakeTransport { CanTrySend = !tls }))];
        TestClient[] deflating = [.. Enumerable.Range(0, 3).Select(_ => JoinDeflating(tls: tls))];
        string[] texts = [Json(5000), "small", Json(1500)];

        _broker.Publish("t", texts);

        foreach (TestClient client in plain.Concat(deflating))
            Assert.That(client.Wire.Messages, Is.EqualTo(texts));
        foreach (TestClient client in deflating)
            Assert.That(client.Wire.Frames.Select(frame => frame.IsDeflated), Is.EqualTo(new[] { true, false, true }));
    }

    [Test]
    public void Cut_at_any_byte_of_a_deflated_frame_the_rest_follows([Values] bool tls)
    {
        string[] texts = ["a", Json(1500), "b", Json(1100)];
        int total = texts.Select(TestBroker.Message).Sum(sent => (sent.GetDeflated(int.MaxValue) ?? sent.Frame).Length);
        for (int room = 0; room < total; room += 7)
        {
            string token = $"t{room}";
            TestClient client = JoinDeflating(token, tls, room);
            TestClient plain = _broker.Join(token);

            _broker.Publish(token, texts);
            _broker.Publish(token, "later");
            Assert.That(client.Wire.IsWaiting, Is.True, $"room for {room}");
            client.Wire.Unblock();

            Assert.That(client.Wire.Messages, Is.EqualTo((string[])[.. texts, "later"]), $"room for {room}");
            Assert.That(plain.Wire.Messages, Is.EqualTo(client.Wire.Messages));
            Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
        }
    }

    [Test]
    public void A_large_message_is_deflated_by_a_worker()
    {
        TestClient deflating = JoinDeflating();
        TestClient plain = _broker.Join("t");
        string large = Json(BrokerLimits.MostBytesToDeflateInline + 1);

        _broker.Publish("t", large);
        TestBroker.WaitUntil(() => deflating.Wire.Messages.Length == 1 && plain.Wire.Messages.Length == 1, "not all arrived");

        Assert.That(deflating.Wire.LastThread, Is.Not.EqualTo(Environment.CurrentManagedThreadId));
        Assert.That(deflating.Wire.Frames.Single().IsDeflated, Is.True);
        Assert.That((deflating.Wire.Messages[0], plain.Wire.Messages[0]), Is.EqualTo((large, large)));
    }

    [Test]
    public void After_a_large_message_the_publisher_serves_small_ones_again()
    {
        TestClient client = JoinDeflating();
        _broker.Publish("t", Json(BrokerLimits.MostBytesToDeflateInline + 1));
        TestBroker.WaitUntil(() => _broker.Context.Memory.Bytes == 0, "the pass does not end");
        TestBroker.WaitUntil(() => !client.Topic.HasLargeToDeflate, "the large one still counts");

        // The worker may just be leaving the pass, and then takes this one along.
        TestBroker.WaitUntil(PublishedHere, "workers serve it for ever");

        bool PublishedHere()
        {
            _broker.Publish("t", "small");
            int sent = client.Wire.Messages.Length;
            return client.Wire.LastThread == Environment.CurrentManagedThreadId && sent > 1;
        }
    }

    [Test]
    public void Up_to_16_KiB_the_publisher_deflates_itself()
    {
        TestClient client = JoinDeflating();

        _broker.Publish("t", Json(BrokerLimits.MostBytesToDeflateInline));

        Assert.That(client.Wire.LastThread, Is.EqualTo(Environment.CurrentManagedThreadId));
        Assert.That(client.Wire.Frames.Single().IsDeflated, Is.True);
    }

    [Test]
    public void Without_a_member_that_deflates_a_large_message_needs_no_worker()
    {
        TestClient plain = _broker.Join("t");
        TestBroker.Leave(JoinDeflating());

        _broker.Publish("t", Json(BrokerLimits.MostBytesToDeflateInline + 1));

        Assert.That(plain.Wire.Messages, Has.Length.EqualTo(1));
        Assert.That(plain.Wire.LastThread, Is.EqualTo(Environment.CurrentManagedThreadId));
    }

    [Test]
    public void A_large_message_that_waited_goes_plain_unless_it_was_deflated_before([Values] bool before)
    {
        Publication waiting = TestBroker.Message(Json(BrokerLimits.MostBytesToDeflateInline + 1));
        if (before)
            Assert.That(waiting.GetDeflated(int.MaxValue), Is.Not.Null);
        _broker.Publish("t", waiting);

        TestClient client = JoinDeflating();

        SentFrame frame = client.Wire.Frames.Single();
        Assert.That(frame.IsDeflated, Is.EqualTo(before));
        Assert.That(frame.Payload, Is.EqualTo(waiting.Payload.ToArray()));
        Assert.That(client.Wire.LastThread, Is.EqualTo(Environment.CurrentManagedThreadId));
    }

    private TestClient JoinDeflating(string token = "t", bool tls = false, long room = long.MaxValue) =>
        _broker.Join(token, new FakeTransport { Deflates = true, CanTrySend = !tls, Room = room });

    private static string Json(int length) => Encoding.ASCII.GetString(Deflated.Json(length));
}
