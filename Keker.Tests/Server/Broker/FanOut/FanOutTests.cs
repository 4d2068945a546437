using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.FanOut;

/// <summary>Which thread runs a pass: threads that publish may poll sockets, and must not be kept long.</summary>
internal sealed class FanOutTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { FanOutWorkers = 2 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [TestCase(1)]
    [TestCase(64)]
    public void A_small_pass_runs_where_the_message_was_published(int members)
    {
        TestClient[] clients = Join(members);
        _broker.Publish("t", "a");
        foreach (TestClient client in clients)
        {
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a" }), "it is done when the flush returns");
            Assert.That(client.Wire.LastThread, Is.EqualTo(Environment.CurrentManagedThreadId));
        }
    }

    [TestCase(65)]
    [TestCase(256)]
    [TestCase(257)]
    [TestCase(1500)]
    public void A_larger_pass_runs_on_workers(int members)
    {
        TestClient[] clients = Join(members);
        _broker.Publish("t", "a");
        TestBroker.WaitUntil(() => clients.All(client => client.Wire.Messages.Length == 1), "not all arrived");
        Assert.That(clients.Select(client => client.Wire.LastThread), Has.None.EqualTo(Environment.CurrentManagedThreadId));
    }

    [Test]
    public void The_pass_of_a_crowd_gives_way_to_other_topics_after_each_share()
    {
        using var broker = new TestBroker(new BrokerLimits { FanOutWorkers = 1 });
        TestClient[] crowd = [.. Enumerable.Range(0, 2000).Select(_ => broker.Join("crowd"))];
        TestClient[] others = [.. Enumerable.Range(0, 100).Select(_ => broker.Join("others"))];
        int served = -1;
        crowd[0].Wire.OnTrySend = () => broker.Publish("others", "a");
        crowd[^1].Wire.OnTrySend = () => served = others.Count(other => other.Wire.Messages.Length == 1);
        broker.Publish("crowd", "a");
        TestBroker.WaitUntil(() => Array.TrueForAll(crowd, client => client.Wire.Messages.Length == 1), "the crowd has it");
        Assert.That(served, Is.EqualTo(others.Length), "before the last of the crowd");
    }

    [Test]
    public void Workers_share_a_large_pass()
    {
        TestClient[] clients = Join(600);
        using var both = new System.Threading.Barrier(2);

        // The first members of two shares: each waits for the other, so one worker alone would not get past the first.
        bool shared = true;
        foreach (TestClient client in new[] { clients[0], clients[256] })
            client.Wire.OnTrySend = () => shared &= both.SignalAndWait(TestBroker.Patience);
        _broker.Publish("t", "a");
        TestBroker.WaitUntil(() => clients.All(client => client.Wire.Messages.Length == 1), "not all arrived");
        Assert.That(shared, Is.True);
    }

    [Test]
    public void What_is_published_while_the_workers_are_busy_becomes_one_batch()
    {
        TestClient[] clients = Join(300);
        using var held = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        clients[0].Wire.OnTrySend = () =>
        {
            held.Set();
            go.Wait(TestBroker.Patience);
        };
        _broker.Publish("t", "0");
        Assert.That(held.Wait(TestBroker.Patience), Is.True);
        for (int i = 1; i <= 10; i++)
            _broker.Publish("t", $"{i}");
        go.Set();
        TestBroker.WaitUntil(() => clients.All(client => client.Wire.Messages.Length == 11), "not all arrived");
        foreach (TestClient client in clients)
        {
            Assert.That(client.Wire.Messages, Is.EqualTo(Enumerable.Range(0, 11).Select(i => $"{i}")));
            Assert.That(client.Wire.TrySends, Is.EqualTo(2));
        }
    }

    [Test]
    public void What_is_queued_when_the_broker_ends_is_still_sent()
    {
        TestClient[] clients = Join(300);
        for (int i = 0; i < 5; i++)
            _broker.Publish("t", $"{i}");
        _broker.Dispose();
        foreach (TestClient client in clients)
            Assert.That(client.Wire.Messages, Is.EqualTo(Enumerable.Range(0, 5).Select(i => $"{i}")));
    }

    [Test]
    public void Many_large_topics_are_all_served()
    {
        const int Topics = 20;
        List<TestClient> clients = [];
        for (int topic = 0; topic < Topics; topic++)
            clients.AddRange(Join(70, $"t{topic}"));
        for (int i = 0; i < 10; i++)
        {
            for (int topic = 0; topic < Topics; topic++)
                _broker.Publish($"t{topic}", $"{topic} {i}");
        }
        TestBroker.WaitUntil(() => clients.All(client => client.Wire.Messages.Length == 10), "not all arrived");
        for (int i = 0; i < clients.Count; i++)
            Assert.That(clients[i].Wire.Messages, Is.EqualTo(Enumerable.Range(0, 10).Select(n => $"{i / 70} {n}")));
        TestBroker.WaitUntil(() => _broker.Context.Memory.Bytes == 0, "a log was not let go of");
    }

    [Test]
    public void A_burst_over_more_topics_than_are_kept_apart_is_flushed_whole()
    {
        var dirty = new DirtyTopics();
        TestClient[] clients = [.. Enumerable.Range(0, 64).Select(i => _broker.Join($"t{i}"))];
        for (int i = 0; i < clients.Length; i++)
        {
            Assert.That(dirty.IsFull, Is.False);
            for (int twice = 0; twice < 2; twice++)
                _broker.Broker.Publish(TestBroker.Token($"t{i}"), TestBroker.Message($"{twice}"), dirty);
        }
        Assert.That(dirty.IsFull, Is.True);
        _broker.Broker.Flush(dirty);
        Assert.That(dirty.IsFull, Is.False);
        foreach (TestClient client in clients)
        {
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "0", "1" }));
            Assert.That(client.Wire.TrySends, Is.EqualTo(1));
        }
    }

    private TestClient[] Join(int members, string token = "t") => [.. Enumerable.Range(0, members).Select(_ => _broker.Join(token))];
}
