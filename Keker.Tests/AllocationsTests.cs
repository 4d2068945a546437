namespace Keker.Tests;

internal sealed class AllocationsTests
{
    private object? _kept;

    [Test]
    public void What_the_code_allocates_every_time_is_found() =>
        Assert.That(Allocations.Least(() => _kept = new byte[1000]), Is.InRange(1000, 1100));

    [Test]
    public void What_it_allocates_now_and_then_is_found_over_several_rounds()
    {
        int count = 0;
        Assert.That(Allocations.Least(() => _kept = ++count % 100 == 0 ? new byte[1000] : _kept, rounds: 100), Is.InRange(1000, 1100));
    }

    [Test]
    public void What_is_allocated_once_and_what_other_threads_and_collections_do_is_not()
    {
        int count = 0;
        using var stop = new CancellationTokenSource();
        var others = new Thread(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                _kept = new byte[100_000];
                if (i % 100 == 0)
                    GC.Collect(0);
            }
        });
        others.Start();
        try
        {
            Assert.That(Allocations.Least(() => _kept = ++count < 3 ? new byte[1000] : null), Is.Zero);
        }
        finally
        {
            stop.Cancel();
            others.Join();
        }
    }

    [Test]
    public void A_failure_of_the_code_is_a_failure_of_the_test() =>
        Assert.That(() => Allocations.Least(() => throw new InvalidOperationException("what")), Throws.InvalidOperationException);
}
