using Keker.Server.Broker;
using Keker.Server.Broker.Log;

namespace Keker.Tests.Server.Broker.Log;

internal sealed class PublicationRingTests
{
    [Test]
    public void Offsets_begin_at_zero_and_grow_by_one()
    {
        var log = new PublicationRing();
        Assert.That(log.IsEmpty, Is.True);
        for (int i = 0; i < 100; i++)
        {
            Assert.That(log.Append(TestBroker.Message(1)), Is.EqualTo(i));
            Assert.That(log.Head, Is.EqualTo(i + 1));
        }
        Assert.That(log.Tail, Is.Zero);
    }

    [Test]
    public void The_ring_grows_at_any_turn_and_keeps_everything_in_place([Range(0, 9)] int trimmed)
    {
        var log = new PublicationRing();
        Publication[] all = [.. Enumerable.Range(0, 70).Select(TestBroker.Message)];
        for (int i = 0; i < trimmed; i++)
            log.Append(all[i]);
        log.TrimTo(trimmed);
        for (int i = trimmed; i < all.Length; i++)
        {
            log.Append(all[i]);
            for (int offset = trimmed; offset <= i; offset++)
                Assert.That(At(log, offset), Is.SameAs(all[offset]));
        }
    }

    [Test]
    public void Sizes_agree_with_what_is_held()
    {
        var log = new PublicationRing();
        long appended = 0;
        for (int i = 0; i < 50; i++)
        {
            Publication publication = TestBroker.Message(i * 10);
            appended += publication.Cost;
            log.Append(publication);
        }
        Assert.That(log.Bytes, Is.EqualTo(appended));
        Assert.That(log.HeadPosition, Is.EqualTo(appended));

        long released = log.TrimTo(20);
        Assert.That(log.Tail, Is.EqualTo(20));
        Assert.That(log.Bytes, Is.EqualTo(appended - released));
        Assert.That(log.Bytes, Is.EqualTo(Enumerable.Range(20, 30).Sum(offset => At(log, offset)!.Cost)));
        Assert.That(log.HeadPosition, Is.EqualTo(appended), "positions never go back");

        Assert.That(log.TrimTo(20), Is.Zero);
        Assert.That(log.TrimTo(10), Is.Zero, "the tail never goes back");
        Assert.That(log.TrimTo(1000), Is.EqualTo(appended - released));
        Assert.That(log.IsEmpty, Is.True);
        Assert.That((log.Tail, log.Head, log.Bytes), Is.EqualTo((50L, 50L, 0L)));
    }

    [Test]
    public void Trimming_to_a_size_drops_the_oldest_and_never_the_newest()
    {
        var log = new PublicationRing();
        Publication publication = TestBroker.Message(100);
        for (int i = 0; i < 10; i++)
            log.Append(publication);
        Assert.That(log.TrimToSize(4 * publication.Cost, acceptedUntil: long.MaxValue, atMostBytes: long.MaxValue), Is.EqualTo(6 * publication.Cost));
        Assert.That((log.Tail, log.Bytes), Is.EqualTo((6L, 4L * publication.Cost)));
        Assert.That(log.TrimToSize(4 * publication.Cost - 1, acceptedUntil: long.MaxValue, atMostBytes: long.MaxValue), Is.EqualTo(publication.Cost));
        log.TrimToSize(0, acceptedUntil: long.MaxValue, atMostBytes: long.MaxValue);
        Assert.That((log.Tail, log.Head), Is.EqualTo((9L, 10L)));
    }

    [Test]
    public void What_was_trimmed_is_not_kept_alive()
    {
        var log = new PublicationRing();
        WeakReference old = AppendAndForget(log);
        log.Append(TestBroker.Message(1));
        log.TrimTo(1);
        GC.Collect();
        Assert.That(old.IsAlive, Is.False);
        GC.KeepAlive(log);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference AppendAndForget(PublicationRing log)
        {
            Publication publication = TestBroker.Message(1000);
            log.Append(publication);
            return new WeakReference(publication);
        }
    }

    [Test]
    public void It_goes_on_at_its_offset_after_a_large_ring_was_given_back()
    {
        var log = new PublicationRing();
        for (int i = 0; i < 1000; i++)
            log.Append(TestBroker.Message(1));
        log.TrimTo(1000);
        Publication next = TestBroker.Message(2);
        Assert.That(log.Append(next), Is.EqualTo(1000));
        Assert.That(At(log, 1000), Is.SameAs(next));
        Assert.That(log.Bytes, Is.EqualTo(next.Cost));
    }

    /// <summary>The publication at an offset; null where there is none.</summary>
    private static Publication? At(PublicationRing log, long offset)
    {
        long found = offset;
        return log.TryNext(ref found, out Publication? publication) && found == offset ? publication : null;
    }
}
