using System.Runtime.InteropServices;
using System.Text;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;
using Keker.Tests.Protocol.Deflate;

namespace Keker.Tests.Server.Broker;

/// <summary>A message is deflated once, for everybody: there is one array, whoever asks.</summary>
internal sealed class DeflatedPublicationTests
{
    private static Publication Json(int length) => TestBroker.Message(Encoding.ASCII.GetString(Deflated.Json(length)));

    [Test]
    public void Whoever_asks_gets_the_same_frame()
    {
        Publication publication = Json(5000);

        byte[] first = publication.GetDeflated(int.MaxValue)!;

        Assert.That(first, Is.Not.Null);
        Assert.That(publication.GetDeflated(int.MaxValue), Is.SameAs(first));
        Assert.That(publication.GetDeflated(0), Is.SameAs(first), "it is there already");
        SentFrame frame = Wire.Decode(first, out _, mayBeDeflated: true).Single();
        Assert.That((frame.IsDeflated, frame.OpCode), Is.EqualTo((true, publication.OpCode)));
        Assert.That(frame.Payload, Is.EqualTo(publication.Payload.ToArray()));
    }

    [Test]
    public void Threads_that_ask_at_once_get_the_same_frame()
    {
        for (int round = 0; round < 20; round++)
        {
            Publication publication = Json(20_000);
            byte[]?[] frames = new byte[4][];

            TestThreads.Run([.. Enumerable.Range(0, frames.Length).Select(i => (Action)(() => frames[i] = publication.GetDeflated(int.MaxValue)))]);

            Assert.That(frames, Has.All.Not.Null.And.All.SameAs(frames[0]));
        }
    }

    [Test]
    public void What_is_too_large_for_a_thread_stays_plain_until_another_has_the_time()
    {
        Publication publication = Json(5000);

        Assert.That(publication.GetDeflated(4999), Is.Null);
        Assert.That(publication.GetDeflated(5000), Is.Not.Null);
        Assert.That(publication.GetDeflated(4999), Is.Not.Null);
    }

    [TestCase(0)]
    [TestCase(1023)]
    public void What_is_small_stays_plain(int length) => Assert.That(Json(length).GetDeflated(int.MaxValue), Is.Null);

    [Test]
    public void Every_encoder_sends_that_one_frame_from_where_it_lies()
    {
        using var broker = new TestBroker();
        Topic topic = broker.Join("t").Topic;
        Publication publication = Json(5000);
        topic.Append(publication);

        foreach (var encoder in new[] { new BatchEncoder(int.MaxValue), new BatchEncoder(int.MaxValue) })
        {
            encoder.Begin(topic, 1);
            Batch batch = encoder.Get(0, Variant.Deflated)!;
            Assert.That(MemoryMarshal.TryGetArray(batch.Bytes, out ArraySegment<byte> bytes), Is.True);
            Assert.That(bytes.Array, Is.SameAs(publication.GetDeflated(0)));
        }
    }

    [Test]
    public void An_encoder_keeps_both_variants_apart()
    {
        using var broker = new TestBroker();
        Topic topic = broker.Join("t").Topic;
        topic.Append(Json(5000));
        topic.Append(Json(10));
        var encoder = new BatchEncoder(int.MaxValue);
        encoder.Begin(topic, 2);

        Batch plain = encoder.Get(0)!;
        Batch deflated = encoder.Get(0, Variant.Deflated)!;

        Assert.That((encoder.Get(0), encoder.Get(0, Variant.Deflated)), Is.EqualTo((plain, deflated)));
        Assert.That(deflated.Bytes.Length, Is.LessThan(plain.Bytes.Length / 2));
        List<SentFrame> frames = Wire.Decode(deflated.Bytes.Span, out _, mayBeDeflated: true);
        Assert.That(frames.Select(frame => frame.IsDeflated), Is.EqualTo(new[] { true, false }));
        Assert.That(frames.Select(frame => frame.Text), Is.EqualTo(Wire.Decode(plain.Bytes.Span, out _).Select(frame => frame.Text)));
    }

    [Test]
    public void Every_number_of_bytes_sent_gives_whole_frames_and_the_rest_of_the_next()
    {
        Publication[] publications = [Json(10), Json(1500), Json(0), Json(2000)];
        var batch = new Batch();
        batch.Begin(0, Variant.Deflated);
        foreach (Publication publication in publications)
            Assert.That(batch.TryAdd(publication), Is.True);
        batch.Encode(mostBytesToDeflate: int.MaxValue);
        byte[][] frames = [.. publications.Select(publication => publication.GetDeflated(0) ?? publication.Frame)];
        byte[] all = batch.Bytes.ToArray();

        Assert.That(all, Is.EqualTo(frames.SelectMany(frame => frame)));
        for (int sent = 0; sent < all.Length; sent++)
        {
            int whole = batch.SplitAt(sent, out ReadOnlyMemory<byte> rest, out _);
            int wholeBytes = frames.Take(whole).Sum(frame => frame.Length);
            Assert.That(wholeBytes, Is.AtMost(sent), $"{sent} bytes");
            Assert.That(rest.Span.SequenceEqual(frames[whole].AsSpan(sent - wholeBytes)), Is.True, $"{sent} bytes");
        }
    }
}
