using System.Reflection;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Topics;

internal sealed class MemberTableTests
{
    private static readonly FieldInfo Segments = typeof(MemberTable).GetField("_segments", BindingFlags.NonPublic | BindingFlags.Instance)!;

    private MemberTable _table = new();

    // Equal to what the table should hold.
    private readonly HashSet<Subscription> _model = [];

    [TearDown]
    public void Forget()
    {
        foreach (Subscription member in _model)
            _table.Remove(member, passRunning: false);
        _model.Clear();
        Assert.That(_table.Count, Is.Zero);
        Assert.That(_table.Snapshot().Count, Is.Zero);
    }

    [Test]
    public void Members_keep_the_order_in_which_they_joined([Values(1, 2, 3, 4, 5, 1023, 1024, 1025, 2048, 2049)] int count)
    {
        Subscription[] members = Add(count);
        MemberSnapshot snapshot = _table.Snapshot();
        Assert.That(snapshot.Count, Is.EqualTo(count));
        for (int i = 0; i < count; i++)
            Assert.That(snapshot[i], Is.SameAs(members[i]));
    }

    [Test]
    public void Any_one_may_leave_between_passes([Values(1, 2, 1023, 1024, 1025, 2049)] int count, [Values(0, 1, 1022, 1023, 1024, -1)] int which)
    {
        Subscription[] members = Add(count);
        Remove(members[which < 0 ? count - 1 : Math.Min(which, count - 1)], passRunning: false);
        AssertHoldsModel();
        Add(2);
        AssertHoldsModel();
    }

    [Test]
    public void Who_leaves_after_the_table_has_grown_under_a_pass_is_not_visited()
    {
        Subscription[] members = Add(3);
        MemberSnapshot pass = _table.Snapshot();
        Add(10);
        Remove(members[1], passRunning: true);
        Assert.That((pass[0], pass[1], pass[2]), Is.EqualTo((members[0], (Subscription?)null, members[2])));
        _table.Compact();
        AssertHoldsModel();
    }

    [Test]
    public void Leaving_during_a_pass_leaves_a_hole_and_moves_nobody([Values(1, 3, 1023, 1024, 1025, 3000)] int count)
    {
        Subscription[] members = Add(count);
        MemberSnapshot pass = _table.Snapshot();
        for (int i = 0; i < count; i += 2)
            Remove(members[i], passRunning: true);
        Add(2);
        for (int i = 0; i < count; i++)
            Assert.That(pass[i], i % 2 == 0 ? Is.Null : Is.SameAs(members[i]), $"slot {i}");
        _table.Compact();
        AssertHoldsModel();
    }

    [Test]
    public void Who_joins_and_leaves_during_one_pass_leaves_no_trace()
    {
        Add(1024);
        Subscription[] guests = Add(3);
        foreach (Subscription guest in guests)
            Remove(guest, passRunning: true);
        Assert.That(_table.Count, Is.EqualTo(1024));
        _table.Compact();
        AssertHoldsModel();
    }

    [Test]
    public void Everybody_may_leave_during_a_pass()
    {
        foreach (Subscription member in Add(2050))
            Remove(member, passRunning: true);
        Assert.That(_table.Count, Is.Zero);
        _table.Compact();
        AssertHoldsModel();
        Add(1);
        AssertHoldsModel();
    }

    [Test]
    public void A_hundred_thousand_members_come_and_go_as_in_a_set()
    {
        var random = new Random(7);
        List<Subscription> present = [.. Add(100_000)];
        for (int pass = 0; pass < 20; pass++)
        {
            bool running = pass % 2 == 0;
            for (int i = 0; i < 3_000; i++)
            {
                int which = random.Next(present.Count);
                Remove(present[which], running);
                present[which] = present[^1];
                present.RemoveAt(present.Count - 1);
            }
            present.AddRange(Add(random.Next(6_000)));
            _table.Compact();
            AssertHoldsModel();
        }
    }

    [Test]
    public void Full_segments_are_never_copied()
    {
        Add(3 * 1024);
        Subscription?[][] before = [.. Spine];
        Subscription[] more = Add(5 * 1024);
        Assert.That(Spine.Take(3), Is.EqualTo(before.Take(3)).Using<Subscription?[]>(ReferenceEquals));
        foreach (Subscription member in more.Reverse())
            Remove(member, passRunning: false);
        Assert.That(Spine.Take(3), Is.EqualTo(before.Take(3)).Using<Subscription?[]>(ReferenceEquals));
    }

    [Test]
    public void Coming_and_going_at_the_border_of_a_segment_allocates_nothing()
    {
        Add(1024);
        var guest = new Subscription(null!, null!);
        Assert.That(Allocations.Least(() => ComeAndGo(guest, 1000)), Is.Zero);
    }

    [Test]
    public void Memory_is_given_back_when_members_leave()
    {
        Subscription[] members = Add(10 * 1024);
        foreach (Subscription member in members.Skip(1))
            Remove(member, passRunning: false);
        Assert.That(Spine.Where(segment => segment is not null).Sum(segment => segment.Length), Is.AtMost(2 * 1024));
        Remove(members[0], passRunning: false);
        Assert.That(Spine, Is.Empty);
    }

    private Subscription?[][] Spine => (Subscription?[][])Segments.GetValue(_table)!;

    private void ComeAndGo(Subscription guest, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _table.Add(guest);
            _table.Remove(guest, passRunning: false);
        }
    }

    private Subscription[] Add(int count)
    {
        Subscription[] members = [.. Enumerable.Range(0, count).Select(_ => new Subscription(null!, null!))];
        foreach (Subscription member in members)
        {
            _table.Add(member);
            _model.Add(member);
        }
        return members;
    }

    private void Remove(Subscription member, bool passRunning)
    {
        _table.Remove(member, passRunning);
        member.HasLeft = true;
        _model.Remove(member);
    }

    private void AssertHoldsModel()
    {
        MemberSnapshot snapshot = _table.Snapshot();
        Assert.That(_table.Count, Is.EqualTo(_model.Count));
        Assert.That(snapshot.Count, Is.EqualTo(_model.Count));
        HashSet<Subscription> seen = [];
        for (int i = 0; i < snapshot.Count; i++)
        {
            if (snapshot[i] is not { } member)
                continue;
            if (member.Index != i || !_model.Contains(member) || !seen.Add(member))
                Assert.Fail($"slot {i} holds a member of slot {member.Index}, known: {_model.Contains(member)}");
        }
        Assert.That(seen, Has.Count.EqualTo(_model.Count));
    }
}
