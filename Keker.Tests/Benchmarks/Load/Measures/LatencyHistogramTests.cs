using Keker.Benchmarks.Load.Measures;

namespace Keker.Tests.Benchmarks.Load.Measures;

internal sealed class LatencyHistogramTests
{
    private const double MostError = 1.0 / 128;

    [Test]
    public void What_is_read_back_is_close_above_what_was_added()
    {
        for (long value = 1; value < 1L << 39; value += 1 + value / 7)
        {
            var histogram = new LatencyHistogram();
            histogram.Add(value);
            histogram.Add(long.MaxValue);

            Assert.That(histogram.Percentile(50), Is.InRange(value, value * (1 + MostError)));
        }
    }

    [Test]
    public void Percentiles_are_ranks()
    {
        var histogram = new LatencyHistogram();
        for (int value = 1; value <= 100; value++)
            histogram.Add(value);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(histogram.Percentile(1), Is.EqualTo(1));
            Assert.That(histogram.Percentile(50), Is.EqualTo(50));
            Assert.That(histogram.Percentile(99), Is.EqualTo(99));
            Assert.That(histogram.Percentile(99.9), Is.EqualTo(100));
            Assert.That(histogram.Percentile(100), Is.EqualTo(100));
            Assert.That(histogram.Count, Is.EqualTo(100));
        }
    }

    [Test]
    public void The_longest_is_exact_and_no_percentile_is_beyond_it()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(1_000_001);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(histogram.Max, Is.EqualTo(1_000_001));
            Assert.That(histogram.Percentile(99), Is.EqualTo(1_000_001));
        }
    }

    [Test]
    public void Below_zero_is_zero_and_nothing_is_too_long()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(-5);
        histogram.Add(long.MaxValue);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(histogram.Percentile(50), Is.Zero);
            Assert.That(histogram.Max, Is.EqualTo((1L << 40) - 1));
        }
    }

    [Test]
    public void An_empty_one_knows_zeros()
    {
        var histogram = new LatencyHistogram();

        Assert.That((histogram.Count, histogram.Max, histogram.Percentile(50), histogram.CountBelow(long.MaxValue)), Is.EqualTo((0L, 0L, 0L, 0L)));
    }

    [Test]
    public void Another_one_is_added_bucket_by_bucket()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        one.Add(10);
        other.Add(1000);
        other.Add(2000);

        one.Add(other);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(one.Count, Is.EqualTo(3));
            Assert.That(one.Max, Is.EqualTo(2000));
            Assert.That(one.Percentile(33), Is.EqualTo(10));
            Assert.That(one.Percentile(66), Is.InRange(1000, 1008));
        }
    }

    [TestCase(1000, 0)]
    [TestCase(1024, 0)]
    [TestCase(1040, 1)]
    [TestCase(100_000, 2)]
    public void Those_below_a_limit_are_counted(long limit, long expected)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(1024);
        histogram.Add(50_000);

        Assert.That(histogram.CountBelow(limit), Is.EqualTo(expected));
    }
}
