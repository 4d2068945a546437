using Keker.Server.Broker;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;

namespace Keker.Tests.Server.Broker;

/// <summary>What is measured of messages on their way.</summary>
internal sealed class TimesTests
{
    private static readonly TimeSpan SendTime = TimeSpan.FromMilliseconds(30);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    private Histograms Histograms => _broker.Context.Counters.Histograms;

    [Test]
    public void A_pass_counts_from_its_first_message_to_its_last_send()
    {
        for (int i = 0; i < 3; i++)
            _broker.Join("alice", new FakeTransport { OnTrySend = () => _broker.Time.Advance(SendTime) });

        _broker.Publish("alice", "one", "two");

        Assert.That((Histograms.PublishToSend.Snapshot.Count, Histograms.PublishToSend.Snapshot.Total), Is.EqualTo((1, 3 * (decimal)SendTime.TotalSeconds)));
        Assert.That((Histograms.PassMembers.Snapshot.Count, Histograms.PassMembers.Snapshot.Sum), Is.EqualTo((1, 3)));
    }

    [Test]
    public void A_message_that_waited_for_its_recipient_is_no_part_of_a_pass()
    {
        _broker.Publish("alice", "waits");
        _broker.Time.Advance(TimeSpan.FromSeconds(1));
        _broker.Join("alice", new FakeTransport { OnTrySend = () => _broker.Time.Advance(SendTime) });

        Assert.That(Histograms.PublishToSend.Snapshot.Count, Is.Zero);

        _broker.Publish("alice", "live");
        Assert.That(Histograms.PublishToSend.Snapshot.Total, Is.EqualTo((decimal)SendTime.TotalSeconds));
    }

    [Test]
    public void What_waits_for_a_session_counts_from_its_HELLO()
    {
        _broker.Publish("alice", "one");
        _broker.Join("bob", new FakeTransport { Confirms = true, OnTrySend = () => _broker.Time.Advance(SendTime) });
        _broker.Join("alice", new FakeTransport { Confirms = true, OnTrySend = () => _broker.Time.Advance(SendTime) });
        _broker.Publish("bob", "live");
        _broker.Publish("alice", "live");

        Assert.That((Histograms.FirstMessage.Snapshot.Count, Histograms.FirstMessage.Snapshot.Total), Is.EqualTo((1, (decimal)SendTime.TotalSeconds)));
    }

    [Test]
    public void A_receipt_counts_from_its_publish_to_the_last_confirmation()
    {
        TestClient alice = _broker.Join("alice", new FakeTransport { Confirms = true });
        TestClient bob = _broker.Join("bob", new FakeTransport { Confirms = true });
        Receipt receipt = _broker.PublishAndWait(TimeSpan.FromSeconds(30), "x", "alice", "bob");
        _broker.Time.Advance(TimeSpan.FromSeconds(1));
        alice.AnswerPing();
        _broker.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Histograms.Receipts.Snapshot.Count, Is.Zero);

        bob.AnswerPing();

        Assert.That(receipt.HasEnded, Is.True);
        Assert.That((Histograms.Receipts.Snapshot.Count, Histograms.Receipts.Snapshot.Total), Is.EqualTo((1, 2m)));
        Assert.That(_broker.Context.Counters.ReceiptsIncomplete.Value, Is.Zero);
    }

    [Test]
    public void A_receipt_that_ends_before_that_is_counted_apart()
    {
        _broker.Join("alice", new FakeTransport { Confirms = true });
        Receipt receipt = _broker.PublishAndWait(TimeSpan.FromSeconds(1), "x", "alice");

        receipt.End();
        receipt.End();

        Assert.That((Histograms.Receipts.Snapshot.Count, _broker.Context.Counters.ReceiptsIncomplete.Value), Is.EqualTo((0, 1)));
    }

    [Test]
    public void What_is_kept_and_what_waits_are_told_apart()
    {
        _broker.Publish("alice", "waits");
        long waiting = _broker.Context.CacheLedger.Bytes;
        Assert.That((waiting, _broker.Context.CacheLedger.KeptBytes), Is.EqualTo((waiting, 0)));

        _broker.Broker.PublishToTopic(TestBroker.Token("news"), TestBroker.Message("kept"), new DirtyTopics(), new PublishTerms { TimeToLive = TimeSpan.FromMinutes(1) });
        Assert.That(_broker.Context.CacheLedger.KeptBytes, Is.Positive.And.EqualTo(_broker.Context.CacheLedger.Bytes - waiting));

        _broker.Advance(TimeSpan.FromMinutes(2));
        Assert.That((_broker.Context.CacheLedger.Bytes, _broker.Context.CacheLedger.KeptBytes), Is.EqualTo((0, 0)));
    }
}
