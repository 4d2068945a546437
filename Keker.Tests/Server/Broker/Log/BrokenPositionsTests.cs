using Keker.Server.Broker.Log;

namespace Keker.Tests.Server.Broker.Log;

internal sealed class BrokenPositionsTests
{
    private CountingComparer _comparer = null!;
    private BrokenPositions _positions = null!;

    [SetUp]
    public void Start()
    {
        _comparer = new CountingComparer();
        _positions = new BrokenPositions(_comparer);
    }

    [Test]
    public void It_says_the_lowest_offset_of_all_and_of_each_token_that_has_not_expired([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var model = new List<BrokenPosition>();
        for (int now = 0; now < 2000; now++)
        {
            model.RemoveAll(position => position.ExpiresAt <= now);
            _positions.DropExpired(now);
            foreach (byte[] token in new[] { "a"u8.ToArray(), "b"u8.ToArray() })
                Assert.That(_positions.OldestOf(token), Is.EqualTo(Lowest(model.Where(position => position.Token.SequenceEqual(token)))));
            Assert.That((_positions.Oldest, _positions.Count), Is.EqualTo((Lowest(model), model.Count)));
            for (int i = random.Next(3); i > 0; i--)
            {
                var position = new BrokenPosition(random.Next(100), now + 50, TestBroker.Token(random.Next(2) == 0 ? "a" : "b"));
                model.Add(position);
                _positions.Add(position);
            }
        }
    }

    [Test]
    public void A_crowd_that_breaks_and_comes_back_costs_a_few_looks_at_a_token_each()
    {
        const int Sessions = 32_000;
        for (int i = 0; i < Sessions; i++)
            _positions.Add(new BrokenPosition(i % 7, i, TestBroker.Token($"token {i}")));
        for (int i = 0; i < Sessions; i++)
        {
            Assert.That(_positions.Oldest, Is.Zero);
            Assert.That(_positions.OldestOf(TestBroker.Token($"token {i}")), Is.EqualTo(i % 7));
        }
        _positions.DropExpired(Sessions);
        Assert.That((_positions.Count, _positions.Oldest), Is.EqualTo((0, long.MaxValue)));
        Assert.That(_comparer.Looks, Is.AtMost(10 * Sessions));
    }

    private static long Lowest(IEnumerable<BrokenPosition> positions) => positions.Select(position => position.Offset).DefaultIfEmpty(long.MaxValue).Min();
}
