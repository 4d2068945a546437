using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Confirming;

/// <summary>Members in the order in which they came to have something unconfirmed, against a plain list of the same.</summary>
internal sealed class UnconfirmedMembersTests
{
    private TestBroker _broker = null!;
    private Topic _topic = null!;

    [SetUp]
    public void Start()
    {
        _broker = new TestBroker();
        _topic = _broker.Context.Topics.GetOrAdd("t"u8);
    }

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void It_is_what_a_list_is([Values(1, 2, 3, 4)] int seed, [Values(3, 50, 3000)] int most)
    {
        var random = new Random(seed);
        var members = new UnconfirmedMembers();
        List<(long Number, Subscription Member)> list = [];
        for (int step = 0; step < 20_000; step++)
        {
            if (list.Count < most && random.Next(5) > 1)
            {
                Subscription member = Member(random.Next(1000));
                list.Add((members.Next, member));
                members.Add(member);
            }
            else if (list.Count > 0)
            {
                // Mostly the oldest leave, and now and then one stays for long.
                int which = random.Next(Math.Min(list.Count, 1 + random.Next(list.Count)));
                members.Remove(list[which].Member);
                Assert.That(list[which].Member.IsUnconfirmedListed, Is.False);
                list.RemoveAt(which);
            }
            if (list.Count > 0 && random.Next(10) == 0)
            {
                Subscription changed = list[random.Next(list.Count)].Member;
                changed.SetStartOffset(random.Next(1000));
                members.Update(changed);
            }
            long before = members.Next - random.Next(2 * most);
            long lowest = list.Where(entry => entry.Number < before).Select(entry => entry.Member.Confirmed).DefaultIfEmpty(long.MaxValue).Min();
            Assert.That((members.Count, members.LowestBefore(before)), Is.EqualTo((list.Count, lowest)));
            Assert.That(members.IsAnyWaitedFor(before), Is.EqualTo(list.Exists(entry => entry.Number < before)));
        }
    }

    [Test]
    public void Nobody_waits_for_those_at_the_front_that_are_silent_for_long()
    {
        var members = new UnconfirmedMembers();
        Subscription[] all = [.. Enumerable.Range(0, 3).Select(_ => Member(0))];
        Array.ForEach(all, members.Add);
        all[0].Session.SendPing();
        _broker.Time.Advance(TimeSpan.FromMilliseconds(600));
        all[1].Session.SendPing();
        _broker.Time.Advance(TimeSpan.FromMilliseconds(400));
        members.NoteSilent(Now - 1000);
        Assert.That((members.IsAnyWaitedFor(1), members.IsAnyWaitedFor(2)), Is.EqualTo((false, true)));
        members.Remove(all[1]);
        Assert.That((members.IsAnyWaitedFor(2), members.IsAnyWaitedFor(3)), Is.EqualTo((false, true)));
    }

    [Test]
    public void Each_is_asked_once_and_nobody_before_its_turn()
    {
        var members = new UnconfirmedMembers();
        Subscription[] all = [.. Enumerable.Range(0, 5).Select(_ => Member(0))];
        Array.ForEach(all, members.Add);
        long before = members.Next;
        members.Add(Member(0));
        all[0].Session.SendPing();
        List<Session> asked = [];
        members.TakeToAsk(before, Now, asked, most: 2);
        Assert.That(asked, Is.EqualTo(new[] { all[1].Session, all[2].Session }), "the first waits for an answer already");
        asked.Clear();
        members.TakeToAsk(before, Now, asked, most: 9);
        Assert.That(asked, Is.EqualTo(new[] { all[3].Session, all[4].Session }), "who came later is not waited for");
        asked.Clear();
        members.TakeToAsk(before, Now, asked, most: 9);
        Assert.That(asked, Is.Empty);
    }

    private long Now => _broker.Context.Clock.Now;

    private Subscription Member(long confirmed)
    {
        var member = new Subscription(_topic, new Session(new FakeTransport(), _broker.Context) { Confirms = true });
        member.SetStartOffset(confirmed);
        return member;
    }
}
