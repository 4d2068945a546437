using Keker.Benchmarks.Load.Measures;

namespace Keker.Tests.Benchmarks.Load.Measures;

internal sealed class StreamOrderTests
{
    [Test]
    public void All_in_order_is_nothing_lost()
    {
        var order = new StreamOrder();
        for (uint number = 0; number < 200; number++)
            Assert.That(order.Saw(number), Is.EqualTo(Arrival.Ahead));

        Assert.That(order.Lost(200), Is.Zero);
    }

    [Test]
    public void What_was_skipped_and_what_never_came_is_lost()
    {
        var order = new StreamOrder();
        order.Saw(0);
        order.Saw(3);

        Assert.That(order.Lost(6), Is.EqualTo(4));
    }

    [Test]
    public void Late_ones_are_out_of_order_and_not_lost()
    {
        var order = new StreamOrder();
        order.Saw(2);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(order.Saw(0), Is.EqualTo(Arrival.OutOfOrder));
            Assert.That(order.Lost(3), Is.EqualTo(1));
            Assert.That(order.Saw(1), Is.EqualTo(Arrival.OutOfOrder));
            Assert.That(order.Lost(3), Is.Zero);
        }
    }

    [TestCase(1u)]
    [TestCase(62u)]
    [TestCase(500u)]
    public void The_second_one_is_a_duplicate_however_late(uint later)
    {
        var order = new StreamOrder();
        for (uint number = 0; number <= later; number++)
            order.Saw(number);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(order.Saw(0), Is.EqualTo(Arrival.Duplicate));
            Assert.That(order.Saw(later), Is.EqualTo(Arrival.Duplicate));
            Assert.That(order.Lost(later + 1), Is.Zero);
        }
    }

    [TestCase(62u, Arrival.OutOfOrder)]
    [TestCase(63u, Arrival.OutOfOrder)]
    [TestCase(64u, Arrival.Duplicate)]
    public void So_far_back_is_remembered(uint first, Arrival expected)
    {
        var order = new StreamOrder();
        order.Saw(first);

        Assert.That(order.Saw(0), Is.EqualTo(expected));
    }
}
