using Keker.Server.Broker.Log;
using Keker.Server.Observability;

namespace Keker.Tests.Server.Broker.Log;

internal sealed class RetentionTests
{
    private const int Head = 10;

    [Test]
    public void Of_more_broken_sessions_than_the_bound_the_first_is_forgotten_and_what_it_had_not_confirmed_is_counted()
    {
        var retention = new Retention();
        var lost = new Counter();
        for (int i = 0; i < BrokenPositions.Most; i++)
            retention.AddBroken(new BrokenPosition(i == 0 ? 4 : 8, 1, TestBroker.Token($"{i}")), Head, lost);
        Assert.That((retention.OldestBroken, lost.Value), Is.EqualTo((4, 0L)));
        retention.AddBroken(new BrokenPosition(8, 1, "one more"u8.ToArray()), Head, lost);
        Assert.That((retention.OldestBroken, lost.Value), Is.EqualTo((8, 6L)));
        Assert.That(retention.OldestBrokenOf("0"u8.ToArray(), now: 0), Is.Null);
        Assert.That(retention.OldestBrokenOf("1"u8.ToArray(), now: 0), Is.EqualTo(8));
    }

    [Test]
    public void What_another_session_of_the_token_keeps_is_not_counted()
    {
        var retention = new Retention();
        var lost = new Counter();
        for (int i = 0; i <= BrokenPositions.Most; i++)
            retention.AddBroken(new BrokenPosition(i == 0 ? 4 : 5, 1, "token"u8.ToArray()), Head, lost);
        Assert.That((retention.OldestBroken, lost.Value), Is.EqualTo((5, 1L)));
    }
}
