using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Options;

namespace Keker.Tests.Server.Broker.FanOut;

internal sealed class BatchTests
{
    [Test]
    public void Its_bytes_are_the_frames_one_after_the_other()
    {
        Publication[] publications = [TestBroker.Message(0), TestBroker.Message(125), TestBroker.Message(126), TestBroker.Message(3)];
        Batch batch = Fill(41, publications);
        Assert.That((batch.Start, batch.End, batch.Count), Is.EqualTo((41L, 45L, 4)));
        Assert.That(batch.Bytes.ToArray(), Is.EqualTo(publications.SelectMany(publication => publication.Frame)));
    }

    [Test]
    public void One_publication_is_sent_from_where_it_lies()
    {
        Publication large = TestBroker.Message(5 * Limits.BatchBytes);
        Batch batch = Fill(0, large);
        Assert.That(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(batch.Bytes, out ArraySegment<byte> bytes), Is.True);
        Assert.That(bytes.Array, Is.SameAs(large.Frame));
        Assert.That(bytes.Count, Is.EqualTo(large.Frame.Length));
    }

    [Test]
    public void Every_number_of_bytes_sent_gives_whole_frames_and_the_rest_of_the_next()
    {
        Publication[] publications = [.. new[] { 0, 1, 125, 126, 7, 300 }.Select(TestBroker.Message)];
        Batch batch = Fill(10, publications);
        byte[] all = batch.Bytes.ToArray();
        for (int sent = 0; sent < all.Length; sent++)
        {
            int whole = batch.SplitAt(sent, out ReadOnlyMemory<byte> rest, out _);
            int wholeBytes = publications.Take(whole).Sum(publication => publication.Frame.Length);
            Assert.That(wholeBytes, Is.AtMost(sent), $"{sent} bytes");
            byte[] frame = publications[whole].Frame;
            Assert.That(rest.ToArray(), Is.EqualTo(frame[(sent - wholeBytes)..]), $"{sent} bytes");
            Assert.That(rest.IsEmpty, Is.False);
        }
    }

    [Test]
    public void The_rest_of_a_frame_is_a_reference_into_the_publication()
    {
        Publication[] publications = [TestBroker.Message(10), TestBroker.Message(10)];
        Fill(0, publications).SplitAt(15, out ReadOnlyMemory<byte> rest, out _);
        Assert.That(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(rest, out ArraySegment<byte> bytes), Is.True);
        Assert.That(bytes.Array, Is.SameAs(publications[1].Frame));
    }

    [Test]
    public void It_is_full_at_64_KiB_and_the_first_one_always_fits()
    {
        var batch = new Batch();
        batch.Begin(0);
        Assert.That(batch.TryAdd(TestBroker.Message(2 * Limits.BatchBytes)), Is.True);
        Assert.That(batch.TryAdd(TestBroker.Message(0)), Is.False);

        batch.Begin(0);
        Assert.That(batch.TryAdd(TestBroker.Message(Limits.BatchBytes - 4 - 2)), Is.True);
        Assert.That(batch.TryAdd(TestBroker.Message(1)), Is.False);
        Assert.That(batch.TryAdd(TestBroker.Message(0)), Is.True);
        batch.Encode();
        Assert.That(batch.Bytes.Length, Is.EqualTo(Limits.BatchBytes));
    }

    [Test]
    public void It_holds_a_bounded_number_of_publications()
    {
        var batch = new Batch();
        batch.Begin(0);
        Publication empty = TestBroker.Message(0);
        int count = 0;
        while (batch.TryAdd(empty))
            count++;
        Assert.That(count, Is.EqualTo(1024));
    }

    [Test]
    public void Beginning_again_forgets_everything()
    {
        Batch batch = Fill(5, TestBroker.Message(10), TestBroker.Message(20));
        batch.Begin(70);
        Assert.That((batch.Start, batch.End, batch.Count), Is.EqualTo((70L, 70L, 0)));
        Assert.That(batch.Bytes.IsEmpty, Is.True);
    }

    private static Batch Fill(long start, params Publication[] publications)
    {
        var batch = new Batch();
        batch.Begin(start);
        foreach (Publication publication in publications)
            Assert.That(batch.TryAdd(publication), Is.True);
        batch.Encode();
        return batch;
    }
}
