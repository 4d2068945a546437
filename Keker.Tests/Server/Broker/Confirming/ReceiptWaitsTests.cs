using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Confirming;

/// <summary>Counts of what members have yet to confirm, against a list of all pairs of message and member.</summary>
internal sealed class ReceiptWaitsTests
{
    private sealed record Wait(Receipt Receipt, long Offset, List<Subscription> Members)
    {
        public HashSet<Subscription> Kept { get; } = [];

        public HashSet<Subscription> Missed { get; } = [];
    }

    [Test]
    public void They_are_what_a_list_of_pairs_says([Range(1, 12)] int seed, [Values] bool manyWait)
    {
        var random = new Random(seed);
        using var broker = new TestBroker();
        Topic topic = broker.Context.Topics.GetOrAdd("t"u8);
        var waits = new ReceiptWaits();
        List<Subscription> members = [];
        List<Wait> model = [];
        Dictionary<Subscription, long> missedTo = [];
        long head = 0;
        for (int step = 0; step < 3000; step++)
        {
            int what = manyWait && step < 1500 ? random.Next(2, 5) : random.Next(11);
            if ((what < 2 && members.Count < 30) || (manyWait && step < 10))
            {
                bool confirms = random.Next(4) > 0;
                var member = new Subscription(topic, new Session(new FakeTransport(), broker.Context) { Confirms = confirms }) { RestsAt = head };
                member.SetStartOffset(Math.Max(0, head - random.Next(3)));
                member.HasStartOffset = true;
                members.Add(member);
            }
            else if (what < 5)
            {
                head += random.Next(1, 4);
                long offset = head++;
                var receipt = new Receipt(broker.Context, TimeSpan.FromSeconds(30));
                receipt.Expect(topic, offset, members.Count);
                model.Add(new Wait(receipt, offset, [.. members]));
                waits.Add(receipt, offset, members.Count, members.Count(member => member.Session.Confirms));
            }
            else if (what < 8 && members.Count > 0)
            {
                Subscription member = members[random.Next(members.Count)];
                member.MarkPinged(random.NextInt64(member.Session.Confirms ? member.Confirmed : head, head + 1));
                member.Confirm();
                waits.Confirmed(member);
            }
            else if (what == 8 && members.Count > 0)
            {
                Subscription member = members[random.Next(members.Count)];
                members.Remove(member);
                member.HasLeft = true;
                long retainedFrom = random.Next(3) == 0 ? long.MaxValue : random.NextInt64(head + 1);
                foreach (Wait wait in model.Where(wait => wait.Members.Contains(member) && !IsBehind(member, wait) && wait.Offset >= retainedFrom))
                    wait.Kept.Add(member);
                waits.Left(member, retainedFrom);
            }
            else if (what == 9 && members.Exists(one => one.Session.Confirms))
            {
                Subscription[] able = [.. members.Where(one => one.Session.Confirms)];
                Subscription member = able[random.Next(able.Length)];
                long from = Math.Max(member.Confirmed, missedTo.GetValueOrDefault(member)) + random.Next(3);
                long to = Math.Min(from + random.Next(1, 20), head);
                foreach (Wait wait in model.Where(wait => wait.Offset >= from && wait.Offset < to && wait.Members.Contains(member)))
                    wait.Missed.Add(member);
                waits.Missed(member, from, to);
                missedTo[member] = Math.Max(to, missedTo.GetValueOrDefault(member));
            }
            else if (model.Count > 0 && random.Next(2) == 0)
            {
                Wait wait = model[random.Next(model.Count)];
                waits.Forget(wait.Receipt, wait.Offset);
                model.Remove(wait);
            }
            Check(waits, model, openOnes: !manyWait || step % 50 == 0);
        }
    }

    private static void Check(ReceiptWaits waits, List<Wait> model, bool openOnes)
    {
        foreach (Wait wait in model.ToArray())
        {
            bool isOpen = wait.Members.Exists(member => !IsBehind(member, wait) && !member.HasLeft && member.Session.Confirms);
            if (isOpen && !openOnes)
                continue;
            int received = wait.Members.Count(member => IsBehind(member, wait) && !wait.Missed.Contains(member));
            int pending = wait.Members.Count(member => !IsBehind(member, wait) && !member.HasLeft);
            var expected = new ReceiptCounts(received, pending, wait.Kept.Count);
            Assert.That(waits.TryCount(wait.Receipt, wait.Offset, out ReceiptCounts counts), Is.EqualTo(isOpen));
            Assert.That(isOpen ? counts : wait.Receipt.Counts, Is.EqualTo(expected));
            if (!isOpen)
                model.Remove(wait);
        }
        Assert.That(waits.IsEmpty || model.Count > 0);
    }

    private static bool IsBehind(Subscription member, Wait wait) => member.Session.Confirms && member.Confirmed > wait.Offset;
}
