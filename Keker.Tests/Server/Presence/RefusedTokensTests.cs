using Keker.Server.Observability;
using Keker.Server.Presence;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Presence;

internal sealed class RefusedTokensTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void A_token_is_refused_for_its_time_and_no_longer()
    {
        var refused = new RefusedTokens(new MonotonicClock(_time));
        Assert.That(refused.Contains("a"u8), Is.False);
        Assert.That(refused.TryRefuse([.. "a"u8], TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.That((refused.Contains("a"u8), refused.Contains("b"u8)), Is.EqualTo((true, false)));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(refused.Contains("a"u8), Is.False);
        Assert.That(refused.Count, Is.EqualTo(1), "until the heartbeat looks");
        refused.DropExpired();
        Assert.That(refused.Count, Is.Zero);
    }

    [Test]
    public void The_last_word_counts_and_no_time_lets_it_in()
    {
        var refused = new RefusedTokens(new MonotonicClock(_time));
        refused.TryRefuse([.. "a"u8], TimeSpan.FromSeconds(10));
        refused.TryRefuse([.. "a"u8], TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(refused.Contains("a"u8), Is.False);
        refused.TryRefuse([.. "a"u8], TimeSpan.FromSeconds(10));
        refused.TryRefuse([.. "a"u8], TimeSpan.Zero);
        Assert.That((refused.Contains("a"u8), refused.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public void There_are_so_many_at_most_and_those_whose_time_is_over_make_room()
    {
        var refused = new RefusedTokens(new MonotonicClock(_time), most: 2);
        Assert.That(refused.TryRefuse([.. "a"u8], TimeSpan.FromSeconds(1)));
        Assert.That(refused.TryRefuse([.. "b"u8], TimeSpan.FromSeconds(10)));
        Assert.That(refused.TryRefuse([.. "c"u8], TimeSpan.FromSeconds(10)), Is.False);
        Assert.That(refused.TryRefuse([.. "b"u8], TimeSpan.FromSeconds(20)), "it is there already");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(refused.TryRefuse([.. "c"u8], TimeSpan.FromSeconds(10)));
        Assert.That((refused.Contains("a"u8), refused.Contains("b"u8), refused.Contains("c"u8)), Is.EqualTo((false, true, true)));
    }
}
