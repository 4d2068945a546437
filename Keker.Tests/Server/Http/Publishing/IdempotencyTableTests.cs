using System.Text;
using Keker.Server.Http.Publishing;
using Keker.Server.Observability;
using Keker.Tests.Server.Broker;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Http.Publishing;

internal sealed class IdempotencyTableTests
{
    private static readonly PublishAnswer Published = new(200, Sessions: 3, Cached: 1);

    private readonly FakeTimeProvider _time = new();
    private IdempotencyTable _table = null!;

    [SetUp]
    public void Start() => _table = new IdempotencyTable(new MonotonicClock(_time), most: 3);

    [Test]
    public void While_the_first_is_under_way_a_repetition_has_no_answer_and_then_it_has_the_first_ones()
    {
        IdempotentPublish first = Begin("k")!;
        Assert.That((Begin("k", out PublishAnswer? answer), answer), Is.EqualTo(((IdempotentPublish?)null, (PublishAnswer?)null)));
        first.Complete(Published);
        Assert.That((Begin("k", out answer), answer), Is.EqualTo(((IdempotentPublish?)null, (PublishAnswer?)Published)));
        Assert.That(Begin("K"), Is.Not.Null, "case matters");
    }

    [Test]
    public void One_that_came_to_nothing_is_forgotten_and_one_that_was_answered_is_not()
    {
        Begin("k")!.Abandon();
        IdempotentPublish second = Begin("k")!;
        second.Complete(Published);
        second.Abandon();
        Assert.That((Begin("k"), _table.Count), Is.EqualTo(((IdempotentPublish?)null, 1)));
    }

    [Test]
    public void A_key_is_known_for_two_minutes_from_when_it_began()
    {
        Begin("k")!.Complete(Published);
        _time.Advance(TimeSpan.FromSeconds(119.9));
        _table.DropExpired();
        Assert.That(Begin("k"), Is.Null);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _table.DropExpired();
        Assert.That(_table.Count, Is.Zero);
        Assert.That(Begin("k"), Is.Not.Null);
    }

    [Test]
    public void Beyond_the_bound_the_oldest_is_forgotten_and_its_end_disturbs_nobody()
    {
        IdempotentPublish oldest = Begin("0")!;
        foreach (string key in new[] { "1", "2", "3" })
            Begin(key)!.Complete(Published);
        Assert.That((_table.Count, Begin("1"), Begin("3")), Is.EqualTo((3, (IdempotentPublish?)null, (IdempotentPublish?)null)));
        Assert.That(Begin("0"), Is.Not.Null);
        oldest.Abandon();
        oldest.Complete(Published);
        Begin("0", out PublishAnswer? answer);
        Assert.That(answer, Is.Null, "the second of that name is still under way");
    }

    [Test]
    public void Of_many_at_once_one_is_the_first()
    {
        for (int round = 0; round < 100; round++)
        {
            int first = 0;
            string key = $"{round}";
            Action begin = () =>
            {
                if (Begin(key) is not null)
                    Interlocked.Increment(ref first);
            };
            TestThreads.Run(begin, begin, begin);
            Assert.That(first, Is.EqualTo(1));
        }
    }

    private IdempotentPublish? Begin(string key) => Begin(key, out _);

    private IdempotentPublish? Begin(string key, out PublishAnswer? answer) => _table.TryBegin(Encoding.ASCII.GetBytes(key), out answer);
}
