using Keker.Server.Observability;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Observability;

internal sealed class HistogramTests
{
    [TestCase(0, 0)]
    [TestCase(10, 0)]
    [TestCase(11, 1)]
    [TestCase(20, 1)]
    [TestCase(21, 2)]
    [TestCase(40, 2)]
    [TestCase(41, 3)]
    [TestCase(long.MaxValue / 2, 3)]
    [TestCase(-5, 0)]
    public void A_value_is_in_the_first_bucket_that_ends_at_it_or_after_it(long value, int bucket)
    {
        var histogram = new Histogram(first: 10, bounded: 3);

        histogram.Record(value);

        HistogramSnapshot snapshot = histogram.Snapshot;
        Assert.That(snapshot.Counts, Is.EqualTo(Enumerable.Range(0, 4).Select(each => each == bucket ? 1L : 0L)));
        Assert.That(snapshot.Sum, Is.EqualTo(Math.Max(0, value)));
    }

    [Test]
    public void Times_are_seconds()
    {
        var histogram = Histogram.OfTimes(TimeSpan.FromMilliseconds(1), 3);

        histogram.Record(TimeSpan.FromMilliseconds(3));

        HistogramSnapshot snapshot = histogram.Snapshot;
        Assert.That((snapshot.EndOf(0), snapshot.EndOf(2), snapshot.Total), Is.EqualTo((0.001m, 0.004m, 0.003m)));
    }

    [Test]
    public void Nothing_is_lost_where_many_threads_record()
    {
        const int Threads = 8;
        const int Each = 20_000;
        var histogram = new Histogram(1, 20);

        TestThreads.Run([.. Enumerable.Range(0, Threads).Select(_ => (Action)(() =>
        {
            for (int i = 0; i < Each; i++)
                histogram.Record(i % 7);
        }))]);

        long sum = Enumerable.Range(0, Each).Sum(i => i % 7L);
        Assert.That((histogram.Snapshot.Count, histogram.Snapshot.Sum), Is.EqualTo((Threads * (long)Each, Threads * sum)));
    }

    [Test]
    public void Recording_allocates_nothing()
    {
        var histogram = new Histogram(1, 20);
        histogram.Record(1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            histogram.Record(i);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [TestCase(0.5, 15)]
    [TestCase(0.25, 10)]
    [TestCase(0.99, 40)]
    public void A_quantile_is_as_near_as_its_bucket(double share, double value)
    {
        var histogram = new Histogram(10, 2);
        foreach (long recorded in new long[] { 3, 12, 13, 1000 })
            histogram.Record(recorded);

        Assert.That(histogram.Snapshot.Quantile(share), Is.EqualTo(Math.Min(value, 20)).Within(1e-9));
    }

    [Test]
    public void Of_nothing_there_is_no_quantile() => Assert.That(new Histogram(10, 2).Snapshot.Quantile(0.99), Is.Zero);

    [Test]
    public void What_came_since_can_be_told_from_what_was_before()
    {
        var histogram = new Histogram(10, 2);
        histogram.Record(5);
        HistogramSnapshot earlier = histogram.Snapshot;
        histogram.Record(15);
        histogram.Record(16);

        HistogramSnapshot since = histogram.Snapshot.Since(earlier);

        Assert.That((since.Count, since.Sum, since.Counts[0], since.Counts[1]), Is.EqualTo((2, 31, 0, 2)));
    }
}
