using Keker.Server.Broker;
using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Cache;

internal sealed class CacheLedgerTests
{
    private TestBroker _broker = null!;
    private CacheLedger _ledger = null!;
    private Topic _topic = null!;

    [SetUp]
    public void Start()
    {
        _broker = new TestBroker(new BrokerLimits { CacheMemory = 3000 });
        _ledger = _broker.Context.CacheLedger;
        _topic = _broker.Context.Topics.GetOrAdd("t"u8);
    }

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void It_counts_what_is_in_it_with_an_overhead_for_each_entry()
    {
        Publication publication = TestBroker.Message(100);
        CacheEntry one = Add(publication);
        CacheEntry two = Add(publication);
        Assert.That(_ledger.Count, Is.EqualTo(2));
        Assert.That(_ledger.Bytes, Is.GreaterThan(2 * (publication.Cost + 500)));
        long both = _ledger.Bytes;
        _ledger.Remove(one);
        Assert.That(_ledger.Bytes, Is.EqualTo(both / 2));
        _ledger.Remove(one);
        Assert.That((_ledger.Count, _ledger.Bytes), Is.EqualTo((1, both / 2)), "an entry is forgotten once");
        _ledger.Remove(two);
        Assert.That((_ledger.Count, _ledger.Bytes), Is.EqualTo((0, 0L)));
    }

    [Test]
    public void An_entry_expires_after_the_cache_time()
    {
        CacheEntry entry = Add(TestBroker.Message(1));
        Assert.That(entry.Node, Is.Not.Null);
        _broker.Time.Advance(TimeSpan.FromMilliseconds(4999));
        _ledger.DropExpired();
        Assert.That(_ledger.Count, Is.EqualTo(1));
        _broker.Time.Advance(TimeSpan.FromMilliseconds(1));
        _ledger.DropExpired();
        Assert.That(_ledger.Count, Is.Zero);
    }

    private CacheEntry Add(Publication publication)
    {
        var entry = new CacheEntry(_topic, 0, publication, _broker.Context.Clock.Now + 5000, collapseKey: null);
        _ledger.Add(entry);
        return entry;
    }

    [Test]
    public void Dropping_ends_when_the_rest_is_within_the_bound()
    {
        for (int i = 0; i < 10; i++)
            _broker.Context.Topics.GetOrAdd(TestBroker.Token($"t{i}")).Keep(TestBroker.Message(100));
        Assert.That(_ledger.Bytes, Is.GreaterThan(3000));
        _ledger.DropOverBound();
        Assert.That(_ledger.Bytes, Is.AtMost(3000).And.GreaterThan(2000));
        Assert.That(_broker.Context.Topics.Find("t0"u8), Is.Null);
        Assert.That(_broker.Context.Topics.Find("t9"u8), Is.Not.Null);
    }

    [Test]
    public void Expiry_publish_and_HELLO_may_meet()
    {
        for (int round = 0; round < 300; round++)
        {
            string token = $"t{round}";
            _broker.Publish(token, "old");
            _broker.Time.Advance(TimeSpan.FromSeconds(4));
            _broker.Publish(token, "new");
            _broker.Time.Advance(TimeSpan.FromSeconds(1));
            TestClient? client = null;
            TestThreads.Run(
                _broker.Broker.DropExpired,
                () => client = _broker.Join(token),
                () => _broker.Publish(token, "live"));
            Assert.That(client!.Wire.Messages, Is.EqualTo(new[] { "new", "live" }));
            TestBroker.Leave(client);
        }
        _broker.Advance(_broker.Context.Limits.Resume);
        _broker.Context.Topics.Retire(_topic);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
        Assert.That(_broker.Context.Topics.Count, Is.Zero);
    }
}
