using System.Runtime.CompilerServices;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.FanOut;

internal sealed class BatchEncoderTests
{
    private TestBroker _broker = null!;
    private Topic _topic = null!;
    private BatchEncoder _encoder = null!;

    [SetUp]
    public void FillATopic()
    {
        _broker = new TestBroker();
        TestClient client = _broker.Join("t");
        _topic = client.Topic;
        Append(0, 10);
        _encoder = new BatchEncoder();
    }

    [TearDown]
    public void Dispose() => _broker.Dispose();

    [Test]
    public void Members_at_one_cursor_share_one_batch()
    {
        _encoder.Begin(_topic, 10);
        Batch batch = _encoder.Get(3)!;
        Assert.That((batch.Start, batch.End), Is.EqualTo((3L, 10L)));
        Assert.That(_encoder.Get(3), Is.SameAs(batch));
        Assert.That(_encoder.Get(5), Is.Not.SameAs(batch));
        Assert.That(_encoder.Get(3), Is.SameAs(batch), "the last few are remembered");
        Assert.That(Texts(batch), Is.EqualTo(Enumerable.Range(3, 7).Select(Text)));
    }

    [Test]
    public void More_cursors_than_it_remembers_are_served_right()
    {
        _encoder.Begin(_topic, 10);
        for (int round = 0; round < 3; round++)
        {
            for (int cursor = 0; cursor < 10; cursor++)
                Assert.That(Texts(_encoder.Get(cursor)!), Is.EqualTo(Enumerable.Range(cursor, 10 - cursor).Select(Text)));
        }
    }

    [Test]
    public void A_batch_ends_at_the_head_of_the_pass()
    {
        _encoder.Begin(_topic, 4);
        Assert.That(_encoder.Get(1)!.End, Is.EqualTo(4));
    }

    [Test]
    public void A_new_head_makes_new_batches()
    {
        _encoder.Begin(_topic, 10);
        _encoder.Get(8);
        Append(10, 2);
        _encoder.Begin(_topic, 12);
        Assert.That(Texts(_encoder.Get(8)!), Is.EqualTo(Enumerable.Range(8, 4).Select(Text)));
    }

    [Test]
    public void Another_topic_makes_new_batches()
    {
        Topic other = _broker.Join("other").Topic;
        for (int i = 0; i < 10; i++)
            other.Append(TestBroker.Message("other"));
        _encoder.Begin(_topic, 10);
        _encoder.Get(8);
        _encoder.Begin(other, 10);
        Assert.That(Texts(_encoder.Get(8)!), Is.EqualTo(new[] { "other", "other" }));
    }

    [Test]
    public void A_member_that_was_overtaken_gets_null_and_spoils_nothing_for_others()
    {
        TestClient slow = _broker.Join("t", new FakeTransport { Room = 0 });
        _broker.Publish("t", Text(10));
        Assert.That(slow.Wire.IsWaiting, Is.True);
        Trim(_topic, 5);

        _encoder.Begin(_topic, 11);
        for (int i = 0; i < 10; i++)
        {
            Assert.That(_encoder.Get(i % 5), Is.Null);
            int cursor = 5 + i % 5;
            Assert.That(Texts(_encoder.Get(cursor)!), Is.EqualTo(Enumerable.Range(cursor, 11 - cursor).Select(Text)));
        }
    }

    [Test]
    public void A_batch_that_was_given_away_is_never_written_again()
    {
        _encoder.Begin(_topic, 10);
        Batch given = _encoder.Get(2)!;
        byte[] bytes = given.Bytes.ToArray();
        _encoder.Detach(given);
        Assert.That(_encoder.Get(2), Is.Not.SameAs(given));
        for (int cursor = 0; cursor < 9; cursor++)
            _encoder.Get(cursor);
        _encoder.End(_broker.Context);
        Assert.That(given.Bytes.ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void What_it_delivered_is_counted_once()
    {
        long before = _broker.Context.Counters.Delivered.Value;
        _encoder.Begin(_topic, 10);
        _encoder.Delivered += 7;
        _encoder.End(_broker.Context);
        _encoder.End(_broker.Context);
        Assert.That(_broker.Context.Counters.Delivered.Value - before, Is.EqualTo(7));
    }

    [Test]
    public void A_pooled_encoder_keeps_no_publication_alive()
    {
        WeakReference[] encoded = Encode(_encoder);
        _encoder.End(_broker.Context);
        GC.Collect();
        Assert.That(encoded.Count(publication => publication.IsAlive), Is.Zero);
        GC.KeepAlive(_encoder);

        // Several cursors at one head, then a single one at the next head: an encoder that serves a few slow members sees that.
        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference[] Encode(BatchEncoder encoder)
        {
            using var broker = new TestBroker();
            Topic topic = broker.Join("gone").Topic;
            List<WeakReference> all = [];
            for (int i = 0; i < 10; i++)
            {
                Publication publication = TestBroker.Message(Text(i));
                topic.Append(publication);
                all.Add(new WeakReference(publication));
            }
            encoder.Begin(topic, 9);
            for (int cursor = 0; cursor < 4; cursor++)
                encoder.Get(cursor);
            encoder.Begin(topic, 10);
            encoder.Get(9);
            return [.. all];
        }
    }

    private static string Text(int i) => $"message {i}";

    private static IEnumerable<string> Texts(Batch batch) => Wire.Decode(batch.Bytes.Span, out _).Select(frame => frame.Text);

    private static void Trim(Topic topic, long offset)
    {
        const System.Reflection.BindingFlags Hidden = System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance;
        object log = typeof(Topic).GetField("_log", Hidden)!.GetValue(topic)!;
        ((PublicationRing)typeof(TopicLog).GetField("_log", Hidden)!.GetValue(log)!).TrimTo(offset);
    }

    private void Append(int first, int count)
    {
        for (int i = first; i < first + count; i++)
            Assert.That(_topic.Append(TestBroker.Message(Text(i))).Outcome, Is.EqualTo(PublishOutcome.Published));
    }
}
