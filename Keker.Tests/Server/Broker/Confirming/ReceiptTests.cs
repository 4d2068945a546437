using Keker.Server.Broker;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Confirming;

/// <summary>Publishers that wait until the clients have confirmed.</summary>
internal sealed class ReceiptTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void It_ends_with_the_last_confirmation()
    {
        TestClient[] clients = [Join("t"), Join("t")];
        Receipt receipt = Publish("m", "t");
        Assert.That(receipt.Counts, Is.EqualTo(new ReceiptCounts(0, 2, 0)));
        clients[0].AnswerPing();
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((false, new ReceiptCounts(1, 1, 0))));
        clients[1].AnswerPing();
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(2, 0, 0))));
    }

    [Test]
    public void Its_ping_goes_out_behind_the_message_in_the_same_send_also_within_a_second_of_the_last()
    {
        TestClient client = Join("t");
        _broker.Publish("t", "before");
        client.AnswerPing();
        _broker.Time.Advance(TimeSpan.FromMilliseconds(100));
        int sends = client.Wire.TrySends;
        Receipt receipt = Publish("m", "t");
        Assert.That(client.Wire.TrySends, Is.EqualTo(sends + 1));
        Assert.That(client.Pings, Has.Count.EqualTo(2));
        client.AnswerPing();
        Assert.That(receipt.HasEnded);
    }

    [Test]
    public void A_ping_that_went_out_before_the_message_proves_nothing_and_another_one_follows_its_answer()
    {
        TestClient client = Join("t");
        _broker.Publish("t", "before");
        Receipt receipt = Publish("m", "t");
        client.AnswerPing();
        Assert.That(receipt.HasEnded, Is.False);
        _broker.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.That(client.Pings, Has.Count.EqualTo(2));
        client.AnswerPing();
        Assert.That(receipt.HasEnded);
    }

    [Test]
    public void Who_is_asked_already_is_not_asked_again_and_again()
    {
        TestClient client = Join("t");
        Receipt receipt = Publish("m", "t");
        _broker.Time.Advance(TimeSpan.FromSeconds(1));
        client.AnswerPing();
        _broker.Time.Advance(TimeSpan.FromMilliseconds(200));
        _broker.Publish("t", "x");
        Assert.That(receipt.HasEnded);
        Assert.That(client.Pings, Has.Count.EqualTo(2), "one for the receipt, one for what came more than a second later");
        client.AnswerPing();
        _broker.Time.Advance(TimeSpan.FromMilliseconds(200));
        _broker.Publish("t", "y");
        Assert.That(client.Pings, Has.Count.EqualTo(2), "nobody wants one any more");
    }

    [Test]
    public void Who_confirmed_before_the_last_recipient_was_appended_to_counts()
    {
        TestClient one = Join("t");
        TestClient two = Join("u");
        Receipt receipt = new(_broker.Context, Wait);
        var dirty = new DirtyTopics();
        Publication message = TestBroker.Message("m");
        _broker.Broker.Publish("t"u8, message, dirty, receipt: receipt);
        _broker.Broker.Flush(dirty);
        one.AnswerPing();
        Assert.That(receipt.HasEnded, Is.False, "there is another one to come");
        _broker.Broker.Publish("u"u8, message, dirty, receipt: receipt);
        receipt.Begin();
        _broker.Broker.Flush(dirty);
        Assert.That(receipt.Counts, Is.EqualTo(new ReceiptCounts(1, 1, 0)));
        two.AnswerPing();
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(2, 0, 0))));
    }

    [Test]
    public void It_ends_at_once_where_all_have_confirmed_before_it_begins()
    {
        TestClient client = Join("t");
        Receipt receipt = new(_broker.Context, Wait);
        var dirty = new DirtyTopics();
        _broker.Broker.Publish("t"u8, TestBroker.Message("m"), dirty, receipt: receipt);
        _broker.Broker.Flush(dirty);
        client.AnswerPing();
        Assert.That(receipt.HasEnded, Is.False);
        receipt.Begin();
        Assert.That((receipt.HasEnded, client.Pings.Count), Is.EqualTo((true, 1)));
    }

    [Test]
    public void At_the_deadline_it_says_who_has_not_confirmed()
    {
        Join("t");
        Receipt receipt = Publish("m", "t");
        _broker.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.That(receipt.HasEnded, Is.False);
        _broker.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(0, 1, 0))));
    }

    [Test]
    public void Who_breaks_is_waited_for_no_longer_and_the_message_is_kept_for_it()
    {
        TestClient client = Join("t");
        Receipt receipt = Publish("m", "t");
        TestBroker.Leave(client);
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(0, 0, 1))));
        Assert.That(Join("t").Wire.Messages, Is.EqualTo(new[] { "m" }));
    }

    [Test]
    public void Only_what_is_kept_is_said_to_be([Values] bool resumes, [Values] bool goodbye)
    {
        using var broker = new TestBroker(new BrokerLimits { Resume = resumes ? TimeSpan.FromSeconds(5) : TimeSpan.Zero });
        TestClient client = broker.Join("t", new FakeTransport { Confirms = true });
        Receipt receipt = broker.PublishAndWait(Wait, "m", "t");
        if (goodbye)
            client.Session.SaidGoodbye();
        TestBroker.Leave(client);
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(0, 0, Kept: resumes ? 1 : 0))));
    }

    [Test]
    public void A_ping_that_found_no_room_behind_the_message_goes_out_when_there_is()
    {
        TestClient client = Join("t", new FakeTransport { Confirms = true, Room = 2 });
        Receipt receipt = Publish("message", "t");
        client.Wire.Unblock();
        _broker.Time.Advance(TimeSpan.FromMilliseconds(200));
        client.AnswerPing();
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(1, 0, 0))));
    }

    [Test]
    public void A_publisher_that_gives_up_leaves_nothing_behind()
    {
        TestClient client = Join("t");
        Receipt receipt = new(_broker.Context, Wait);
        var dirty = new DirtyTopics();
        _broker.Broker.Publish("t"u8, TestBroker.Message("m"), dirty, receipt: receipt);
        receipt.End();
        _broker.Broker.Flush(dirty);
        Assert.That(client.AnswerPing, Throws.Nothing);
        Assert.That(receipt.Ended.IsCompleted);
    }

    [Test]
    public void Of_a_crowd_each_gets_the_message_and_the_ping_behind_it_in_one_send()
    {
        TestClient[] clients = [.. Enumerable.Range(0, 200).Select(_ => Join("t"))];
        _broker.Publish("t", "before");
        TestBroker.WaitUntil(() => clients.All(client => client.Pings.Count == 1), "the first message and its ping");
        foreach (TestClient client in clients)
            client.AnswerPing();
        Receipt receipt = Publish("m", "t");
        TestBroker.WaitUntil(() => clients.All(client => client.Pings.Count == 2), "a ping, and within a second of the last");
        foreach (TestClient client in clients)
        {
            Assert.That(client.Wire.Frames.Select(frame => frame.IsMessage), Is.EqualTo(new[] { true, false, true, false }));
            Assert.That(client.Wire.TrySends, Is.EqualTo(2));
            Assert.That(receipt.HasEnded, Is.False);
            client.AnswerPing();
        }
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(200, 0, 0))));
    }

    [Test]
    public void Who_had_a_ping_under_way_is_asked_as_soon_as_that_is_answered()
    {
        TestClient client = Join("t");
        _broker.Publish("t", "before");
        Receipt receipt = Publish("m", "t");
        Assert.That(client.Pings, Has.Count.EqualTo(1));
        client.AnswerPing();
        Assert.That((client.Pings.Count, receipt.HasEnded), Is.EqualTo((2, false)));
        client.AnswerPing();
        Assert.That(receipt.HasEnded);
    }

    [Test]
    public void A_publisher_that_waits_costs_the_same_however_many_there_are_to_confirm()
    {
        long small = CostOfAWait(10);
        Assert.That(CostOfAWait(5000), Is.LessThanOrEqualTo(small + small / 4));
    }

    private static long CostOfAWait(int members)
    {
        using var broker = new TestBroker();
        for (int i = 0; i < members; i++)
            broker.Broker.Subscribe(new Session(new SinkTransport(), broker.Context) { Confirms = true }, "t"u8);
        Publication message = TestBroker.Message("m");
        var dirty = new DirtyTopics();
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                Receipt receipt = new(broker.Context, Wait);
                broker.Broker.Publish("t"u8, message, dirty, receipt: receipt);
                receipt.Begin();
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    [Test]
    public void Confirmations_meet_the_beginning_and_the_end_of_sessions()
    {
        for (int round = 0; round < 300; round++)
        {
            using var broker = new TestBroker();
            TestClient stays = broker.Join("t", new FakeTransport { Confirms = true });
            TestClient leaves = broker.Join("t", new FakeTransport { Confirms = true });
            Receipt receipt = new(broker.Context, Wait);
            var dirty = new DirtyTopics();
            broker.Broker.Publish("t"u8, TestBroker.Message("m"), dirty, receipt: receipt);
            broker.Broker.Flush(dirty);
            TestThreads.Run(receipt.Begin, stays.AnswerPing, () => TestBroker.Leave(leaves));
            Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(1, 0, 1))));
        }
    }

    private TestClient Join(string token, FakeTransport? wire = null) => _broker.Join(token, wire ?? new FakeTransport { Confirms = true });

    private Receipt Publish(string text, params string[] tokens) => _broker.PublishAndWait(Wait, text, tokens);
}
