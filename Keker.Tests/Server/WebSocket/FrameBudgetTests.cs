using Keker.Server.Options;
using Keker.Server.WebSocket;

namespace Keker.Tests.Server.WebSocket;

internal sealed class FrameBudgetTests
{
    private const long Start = 5000;
    private const long FrameTime = 1000 / Limits.InboundFramesPerSecond;

    private static readonly long Bound = (long)Limits.InboundFloodTimeout.TotalMilliseconds;

    private FrameBudget _budget;

    [SetUp]
    public void Begin() => _budget = new FrameBudget(Start);

    [Test]
    public void A_burst_is_free_and_its_last_frame_stops_the_reading()
    {
        for (int i = 1; i < Limits.InboundFrameBurst; i++)
            Assert.That(_budget.TrySpend(Start), Is.True, $"frame {i}");

        Assert.That(_budget.TrySpend(Start), Is.False);
    }

    [Test]
    public void Several_frames_cost_so_many_and_never_more_than_a_burst()
    {
        Assert.That(_budget.TrySpend(Start, Limits.InboundFrameBurst - 1), Is.True);
        Assert.That(_budget.TrySpend(Start, 1_000_000), Is.False);

        Assert.That(_budget.Refill(Start + Limits.InboundFrameBurst * FrameTime - 1), Is.False);
        Assert.That(_budget.Refill(Start + Limits.InboundFrameBurst * FrameTime), Is.True);
    }

    [Test]
    public void It_fills_up_again_frame_by_frame()
    {
        Empty(Start);

        Assert.That(_budget.Refill(Start + FrameTime - 1), Is.False);
        Assert.That(_budget.Refill(Start + FrameTime), Is.True);
        Assert.That(_budget.TrySpend(Start + FrameTime), Is.False, "it was one");
    }

    [Test]
    public void It_holds_no_more_than_a_burst()
    {
        long later = Start + 3_600_000;
        int frames = 1;
        while (_budget.TrySpend(later))
            frames++;

        Assert.That(frames, Is.EqualTo(Limits.InboundFrameBurst));
    }

    [TestCase(50, 50)]
    [TestCase(99, 1)]
    [TestCase(40, 60)]
    [TestCase(49, 51)]
    [TestCase(99, 10, 45)]
    [TestCase(130, 1, 19)]
    public void Who_keeps_to_the_rate_is_never_held_back(params int[] intervals)
    {
        long now = Start;
        for (int i = 0; i < 5000; i++)
        {
            now += intervals[i % intervals.Length];
            Assert.That(_budget.TrySpend(now), Is.True, $"frame {i}");
        }
    }

    [Test]
    public void Over_the_rate_for_the_bound_is_flooding()
    {
        Empty(Start);
        for (long now = Start; now < Start + Bound; now += 1000)
        {
            Assert.That(_budget.IsFlooding(now), Is.False, $"after {now - Start} ms");
            _budget.Refill(now);
            Empty(now);
        }

        Assert.That(_budget.IsFlooding(Start + Bound), Is.True);
    }

    [Test]
    public void A_pause_that_fills_it_ends_a_flood()
    {
        Empty(Start);
        long full = Start + (Limits.InboundFrameBurst * FrameTime);

        Assert.That(_budget.Refill(full - FrameTime), Is.True);
        Assert.That(_budget.IsFlooding(full), Is.True, "nearly full is not full");
        _budget.Refill(full);
        Assert.That(_budget.IsFlooding(full), Is.False);
        Empty(full);
        Assert.That(_budget.IsFlooding(full + Bound - 1), Is.False, "the time counts from the new flood");
        Assert.That(_budget.IsFlooding(full + Bound), Is.True);
    }

    [Test]
    public void A_flood_at_the_first_tick_of_the_clock_counts()
    {
        _budget = new FrameBudget(0);
        Empty(0);

        Assert.That(_budget.IsFlooding(Bound + 1), Is.True);
    }

    private void Empty(long now)
    {
        while (_budget.TrySpend(now))
        {
        }
    }
}
