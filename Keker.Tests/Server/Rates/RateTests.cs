using Keker.Server.Observability;
using Keker.Server.Rates;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Rates;

internal sealed class RateTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private MonotonicClock _clock = null!;

    [SetUp]
    public void Start() => _clock = new MonotonicClock(_time);

    [Test]
    public void Who_guesses_is_refused_for_a_minute_and_nobody_else()
    {
        var rate = new GuessRate(3, _clock);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(rate.IsRefused(1), Is.False);
            rate.NoteWrong(1);
        }
        Assert.That((rate.IsRefused(1), rate.IsRefused(2), rate.IsRefused(null)), Is.EqualTo((true, false, false)));
        _time.Advance(59.9 * Second);
        Assert.That(rate.IsRefused(1));
        _time.Advance(0.1 * Second);
        Assert.That(rate.IsRefused(1), Is.False);
        rate.NoteWrong(1);
        Assert.That(rate.IsRefused(1), Is.False, "it begins anew");
    }

    [Test]
    public void Wrong_ones_of_different_minutes_do_not_add_up()
    {
        var rate = new GuessRate(2, _clock);
        for (int i = 0; i < 10; i++)
        {
            rate.NoteWrong(1);
            _time.Advance(60 * Second);
        }
        Assert.That(rate.IsRefused(1), Is.False);
    }

    [Test]
    public void Strangers_fill_no_more_than_two_generations()
    {
        var table = new Generations<int, object>(100);
        object first = table.GetOrAdd(0);
        for (int i = 1; i < 150; i++)
            table.GetOrAdd(i);
        Assert.That(table.Find(0), Is.SameAs(first));
        Assert.That(table.GetOrAdd(0), Is.SameAs(first), "who is seen again is of the new one");
        for (int i = 150; i < 240; i++)
            table.GetOrAdd(i);
        Assert.That(table.Find(0), Is.SameAs(first));
        Assert.That(Enumerable.Range(0, 240).Count(i => table.Find(i) is not null), Is.LessThanOrEqualTo(200));
    }

    [Test]
    public void A_bucket_holds_a_second_s_worth_and_fills_evenly()
    {
        var rate = new PublishRate(10, _clock);
        PublishBucket bucket = rate.Find(1);
        Assert.That(Enumerable.Range(0, 12).Count(_ => rate.TryTake(bucket)), Is.EqualTo(10));
        _time.Advance(0.1 * Second);
        Assert.That((rate.TryTake(bucket), rate.TryTake(bucket)), Is.EqualTo((true, false)));
        _time.Advance(0.05 * Second);
        Assert.That(rate.TryTake(bucket), Is.False);
        _time.Advance(0.05 * Second);
        Assert.That(rate.TryTake(bucket));
        _time.Advance(1000 * Second);
        Assert.That(Enumerable.Range(0, 12).Count(_ => rate.TryTake(bucket)), Is.EqualTo(10));
        Assert.That(rate.TryTake(rate.Find(2)), "another publisher has another one");
    }
}
