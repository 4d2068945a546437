using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Topics;

/// <summary>A list of members that is written while they come and go.</summary>
internal sealed class MemberScanTests
{
    private readonly Subscription?[] _read = new Subscription?[7];
    private MemberTable _table;

    [SetUp]
    public void Begin() => _table = new MemberTable();

    [Test]
    public void Whoever_stays_is_met_once_by_every_scan_whoever_comes_and_goes([Values(1, 2, 3, 4)] int seed)
    {
        var random = new Random(seed);
        List<Subscription> present = [];
        for (int i = 0; i < 3000; i++)
            Join(present);
        List<(MemberScan Scan, HashSet<Subscription> Stayed, HashSet<Subscription> Met)> scans = [];
        int ended = 0;
        while (ended < 40)
        {
            if (scans.Count < 4)
            {
                var scan = new MemberScan(null!);
                _table.Begin(scan);
                scans.Add((scan, [.. present], []));
            }
            bool isPass = random.Next(3) == 0;
            for (int i = random.Next(40); i > 0; i--)
                LeaveOne(present, random, isPass, scans.ConvertAll(each => each.Stayed));
            for (int i = random.Next(40); i > 0; i--)
                Join(present);
            Read(scans[random.Next(scans.Count)], present);
            _table.Compact();
            for (int i = scans.Count - 1; i >= 0; i--)
            {
                if (!Read(scans[i], present))
                {
                    Assert.That(scans[i].Stayed.IsSubsetOf(scans[i].Met), "somebody who stayed was not met");
                    _table.End(scans[i].Scan);
                    scans.RemoveAt(i);
                    ended++;
                }
            }
        }
    }

    [Test]
    public void Who_comes_later_is_not_met_and_nobody_twice_where_all_leave_from_the_front()
    {
        List<Subscription> present = [];
        for (int i = 0; i < 100; i++)
            Join(present);
        HashSet<Subscription> first = [.. present];
        var scan = new MemberScan(null!);
        _table.Begin(scan);
        HashSet<Subscription> met = [];
        int count;
        while ((count = _table.Read(scan, _read)) > 0)
        {
            foreach (Subscription? member in _read.AsSpan(0, count))
                Assert.That(met.Add(member!) && first.Contains(member!));
            Join(present);
            Remove(present, 0, isPass: false);
        }
        _table.End(scan);
        Assert.That(_table.Count, Is.EqualTo(present.Count));
    }

    private bool Read((MemberScan Scan, HashSet<Subscription> Stayed, HashSet<Subscription> Met) scan, List<Subscription> present)
    {
        int count = _table.Read(scan.Scan, _read);
        foreach (Subscription? member in _read.AsSpan(0, count))
        {
            if (!scan.Met.Add(member!))
                Assert.Fail("met twice");
            if (!present.Contains(member!))
                Assert.Fail("not there any more");
        }
        return count > 0;
    }

    private void Join(List<Subscription> present)
    {
        var member = new Subscription(null!, null!);
        _table.Add(member);
        present.Add(member);
    }

    private void LeaveOne(List<Subscription> present, Random random, bool isPass, List<HashSet<Subscription>> stayed)
    {
        int which = random.Next(present.Count);
        foreach (HashSet<Subscription> each in stayed)
            each.Remove(present[which]);
        Remove(present, which, isPass);
    }

    private void Remove(List<Subscription> present, int which, bool isPass)
    {
        _table.Remove(present[which], isPass);
        present[which].HasLeft = true;
        present[which] = present[^1];
        present.RemoveAt(present.Count - 1);
    }
}
