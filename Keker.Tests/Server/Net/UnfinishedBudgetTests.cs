using Keker.Server.Net;

namespace Keker.Tests.Server.Net;

internal sealed class UnfinishedBudgetTests
{
    [Test]
    public void Nobody_takes_more_than_there_is()
    {
        var budget = new UnfinishedBudget(100);

        Assert.That((budget.TryTake(60), budget.TryTake(41), budget.TryTake(40), budget.TryTake(1)), Is.EqualTo((true, false, true, false)));
        Assert.That(budget.Bytes, Is.EqualTo(100));
    }

    [Test]
    public void Who_waits_goes_on_when_the_least_that_anybody_needs_is_free()
    {
        var budget = new UnfinishedBudget(800);
        int full = 0;
        budget.Full = () => full++;
        budget.TryTake(800);

        Task first = budget.WaitForRoom(200);
        Task second = budget.WaitForRoom(100);
        budget.Give(99);
        Assert.That((first.IsCompleted, second.IsCompleted, full), Is.EqualTo((false, false, 1)));

        budget.Give(1);

        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((true, true)));
        Assert.That((budget.WaitForRoom(200).IsCompleted, full), Is.EqualTo((false, 2)), "who needs more has more ended");
    }

    [Test]
    public void Who_waits_tries_again_at_every_heartbeat_and_gives_up_after_a_second()
    {
        var budget = new UnfinishedBudget(800);
        Assert.That(budget.WaitForRoom(800).IsCompleted, "where there is room");
        budget.TryTake(800);
        uint since = budget.Beats;

        Task wait = budget.WaitForRoom(1);
        budget.Beat();
        Assert.That((wait.IsCompleted, budget.HasWaited(since)), Is.EqualTo((true, false)));
        budget.Beat();

        Assert.That(budget.HasWaited(since));
    }

    [Test]
    public void A_claim_takes_the_difference_and_gives_it_back()
    {
        var budget = new UnfinishedBudget(100);
        var claim = new BudgetClaim(budget);

        Assert.That((claim.TrySet(70), claim.TrySet(101), budget.Bytes), Is.EqualTo((true, false, 70L)));
        Assert.That((claim.TrySet(30), budget.Bytes), Is.EqualTo((true, 30L)));
        Assert.That((claim.TrySet(0), budget.Bytes), Is.EqualTo((true, 0L)));
    }

    [Test]
    public void Arrays_are_counted_before_they_are_made_and_used_again()
    {
        var buffers = new InputBuffers(new UnfinishedBudget(10_000));

        byte[]? first = buffers.TryRent(3000);
        Assert.That((first?.Length, buffers.Budget.Bytes), Is.EqualTo((4096, 4096L)));
        Assert.That(buffers.TryRent(6000), Is.Null);
        buffers.Return(first!);

        Assert.That(buffers.Budget.Bytes, Is.Zero);
        Assert.That(buffers.TryRent(4096), Is.SameAs(first));
        buffers.Return(first!);
        buffers.Trim();
        Assert.That(buffers.TryRent(4096), Is.Not.SameAs(first));
    }

    [Test]
    public void Where_memory_is_short_an_array_is_as_long_as_it_must_be()
    {
        var buffers = new InputBuffers(new UnfinishedBudget(10_000));
        buffers.TryRent(6000);

        Assert.That(buffers.TryRent(1100)?.Length, Is.EqualTo(1100));
    }
}
