using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Log;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>A log out of whose middle publications are taken, against an array of all there ever were.</summary>
internal sealed class PublicationRingHoleTests
{
    private enum Fate
    {
        Here,
        Unwanted,
        Lost,
        Trimmed,
    }

    [Test]
    public void Whoever_reads_gets_what_is_here_and_learns_where_something_is_lost([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        var log = new PublicationRing();
        List<(Publication Publication, Fate Fate)> all = [];
        for (int step = 0; step < 1500; step++)
        {
            List<int> here = [.. Enumerable.Range(0, all.Count).Where(offset => all[offset].Fate == Fate.Here)];
            int what = random.Next(here.Count > 40 ? 20 : 10);
            if (what < 5 || here.Count == 0)
            {
                Publication publication = TestBroker.Message(random.Next(5));
                Assert.That(log.Append(publication), Is.EqualTo(all.Count));
                all.Add((publication, Fate.Here));
            }
            else if (what < 18)
            {
                int offset = here[random.Next(here.Count)];
                Fate fate = random.Next(3) > 0 ? Fate.Unwanted : Fate.Lost;
                Assert.That(log.Remove(offset, fate == Fate.Lost), Is.EqualTo(all[offset].Publication.Cost));
                all[offset] = (all[offset].Publication, fate);
            }
            else
            {
                int end = here[random.Next(Math.Min(3, here.Count))];
                log.TrimTo(end);
                foreach (int offset in here.TakeWhile(offset => offset < end))
                    all[offset] = (all[offset].Publication, Fate.Trimmed);
            }
            Check(log, all, random);
        }
    }

    [Test]
    public void A_run_of_empty_places_costs_nothing()
    {
        var log = new PublicationRing();
        log.Append(TestBroker.Message(1));
        Publication next = TestBroker.Message(2);
        for (int i = 0; i < 3; i++)
            AppendAndRemove(100_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AppendAndRemove(100_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000));

        void AppendAndRemove(int times)
        {
            for (int i = 0; i < times; i++)
                log.Remove(log.Append(next), isLost: false);
        }
    }

    [Test]
    public void Empty_places_between_those_that_stay_are_given_back()
    {
        var log = new PublicationRing();
        Publication publication = TestBroker.Message(1);
        long last = log.Append(publication);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 300_000; i++)
        {
            long next = log.Append(publication);
            if (i % 1000 > 0)
                log.Remove(last, isLost: false);
            last = next;
        }
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(100_000), "300 are here");
        GC.KeepAlive(log);
    }

    private static void Check(PublicationRing log, List<(Publication Publication, Fate Fate)> all, Random random)
    {
        Assert.That((log.Head, log.Bytes), Is.EqualTo((all.Count, all.Where(entry => entry.Fate == Fate.Here).Sum(entry => (long)entry.Publication.Cost))));
        int first = all.FindIndex(entry => entry.Fate == Fate.Here);
        int gone = all.FindLastIndex(first < 0 ? all.Count - 1 : first, entry => entry.Fate is Fate.Lost or Fate.Trimmed);
        Assert.That(log.Tail, Is.EqualTo(gone + 1), "behind all that is gone before the first that is here");
        Assert.That(log.IsEmpty, Is.EqualTo(first < 0));

        long cursor = random.NextInt64(log.Tail, log.Head + 1);
        long end = random.NextInt64(cursor, log.Head + 1);
        var batch = new Batch();
        while (cursor < end)
        {
            batch.Begin(cursor);
            log.Read(cursor, end, batch);
            for (long offset = cursor; offset < batch.Start; offset++)
            {
                Assert.That(all[(int)offset].Fate, Is.Not.EqualTo(Fate.Here).And.Not.EqualTo(Fate.Trimmed));
                if (all[(int)offset].Fate == Fate.Lost)
                    Assert.That(batch.LostBefore, Is.GreaterThan(offset));
            }
            if (batch.LostBefore > cursor)
                Assert.That(all[(int)batch.LostBefore - 1].Fate, Is.EqualTo(Fate.Lost), "nothing is said to be lost that is not");
            Assert.That(batch.Start > cursor || batch.Count > 0, "it goes on");
            batch.Encode();
            Assert.That(batch.Bytes.Length, Is.EqualTo(all[(int)batch.Start..(int)batch.End].Sum(entry => entry.Publication.Frame.Length)));
            Assert.That(all[(int)batch.Start..(int)batch.End].TrueForAll(entry => entry.Fate == Fate.Here));
            cursor = batch.End;
        }
        Assert.That(cursor == end || all[(int)cursor - 1].Fate != Fate.Here, "what is missing may reach further");
    }
}
