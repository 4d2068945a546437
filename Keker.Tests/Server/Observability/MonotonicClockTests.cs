using Keker.Server.Observability;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Observability;

internal sealed class MonotonicClockTests
{
    [Test]
    public void It_starts_at_zero_and_counts_milliseconds()
    {
        var time = new FakeTimeProvider();
        var clock = new MonotonicClock(time);
        Assert.That(clock.Now, Is.Zero);

        time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.That(clock.Now, Is.EqualTo(1500));
        Assert.That(clock.UtcNow, Is.EqualTo(time.GetUtcNow()));
    }

    [Test]
    public void Forgiven_time_did_not_pass()
    {
        var time = new FakeTimeProvider();
        var clock = new MonotonicClock(time);
        time.Advance(TimeSpan.FromSeconds(30));

        clock.Forgive(TimeSpan.FromSeconds(20));
        clock.Forgive(TimeSpan.FromSeconds(5));

        Assert.That(clock.Now, Is.EqualTo(5000));
    }
}
