using Keker.Server.Client;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Client;

internal sealed class BackOffTests
{
    /// <summary>Chance at its longest.</summary>
    private sealed class Always : Random
    {
        public override double NextDouble() => 1;
    }

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void It_grows_from_one_second_to_thirty()
    {
        var backOff = new BackOff(_time, new Always());

        Assert.That(Enumerable.Range(0, 7).Select(_ => backOff.Next().TotalSeconds), Is.EqualTo(new[] { 1, 2, 4, 8, 16, 30, 30 }));
    }

    [Test]
    public void It_is_a_matter_of_chance()
    {
        var backOff = new BackOff(_time, new Random(1));

        Assert.That(Enumerable.Range(0, 20).Select(_ => backOff.Next()).Distinct().Count(), Is.EqualTo(20));
    }

    [TestCase(9, 8)]
    [TestCase(10, 1)]
    public void Only_a_connection_that_lasted_begins_anew(int seconds, int next)
    {
        var backOff = new BackOff(_time, new Always());
        for (int i = 0; i < 3; i++)
            backOff.Next();

        backOff.OnWelcome();
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.That(backOff.Next().TotalSeconds, Is.EqualTo(next));
    }
}
