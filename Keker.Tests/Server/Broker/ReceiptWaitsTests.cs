using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

/// <summary>Counts of what members have yet to confirm, against a list of all pairs of message and member.</summary>
internal sealed class ReceiptWaitsTests
{
    private sealed record Wait(Receipt Receipt, long Offset, List<Subscription> Members)
    {
        public HashSet<Subscription> Kept { get; } = [];
    }

    [Test]
    public void They_are_what_a_list_of_pairs_says([Range(1, 12)] int seed)
    {
        var random = new Random(seed);
        using var broker = new TestBroker();
        Topic topic = broker.Context.Topics.GetOrAdd("t"u8);
        var waits = new ReceiptWaits();
        List<Subscription> members = [];
        List<Wait> model = [];
        long head = 0;
        for (int step = 0; step < 3000; step++)
        {
            int what = random.Next(10);
            if (what < 2 && members.Count < 30)
            {
                bool confirms = random.Next(4) > 0;
                var member = new Subscription(topic, new Session(new FakeTransport(), broker.Context) { Confirms = confirms }) { RestsAt = head };
                member.StartAt(Math.Max(0, head - random.Next(3)));
                member.HasStart = true;
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
                member.NoteBarrier(random.NextInt64(member.Session.Confirms ? member.Confirmed : head, head + 1));
                member.Confirm();
                waits.Confirmed(member);
            }
            else if (what == 8 && members.Count > 0)
            {
                Subscription member = members[random.Next(members.Count)];
                members.Remove(member);
                member.HasLeft = true;
                long keptFrom = random.Next(3) == 0 ? long.MaxValue : random.NextInt64(head + 1);
                foreach (Wait wait in model.Where(wait => wait.Members.Contains(member) && !HasIt(member, wait) && wait.Offset >= keptFrom))
                    wait.Kept.Add(member);
                waits.Left(member, keptFrom);
            }
            else if (model.Count > 0 && random.Next(2) == 0)
            {
                Wait wait = model[random.Next(model.Count)];
                waits.Forget(wait.Receipt, wait.Offset);
                model.Remove(wait);
            }
            Check(waits, model);
        }
    }

    private static void Check(ReceiptWaits waits, List<Wait> model)
    {
        foreach (Wait wait in model.ToArray())
        {
            int received = wait.Members.Count(member => HasIt(member, wait));
            int pending = wait.Members.Count(member => !HasIt(member, wait) && !member.HasLeft);
            var expected = new ReceiptCounts(received, pending, wait.Kept.Count);
            bool isOpen = wait.Members.Exists(member => !HasIt(member, wait) && !member.HasLeft && member.Session.Confirms);
            Assert.That(waits.TryCount(wait.Receipt, wait.Offset, out ReceiptCounts counts), Is.EqualTo(isOpen));
            Assert.That(isOpen ? counts : wait.Receipt.Counts, Is.EqualTo(expected));
            if (!isOpen)
                model.Remove(wait);
        }
        Assert.That(waits.IsEmpty || model.Count > 0);
    }

    private static bool HasIt(Subscription member, Wait wait) => member.Session.Confirms && member.Confirmed > wait.Offset;
}
