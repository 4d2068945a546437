using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>How much is kept of all topics together until it is confirmed.</summary>
internal sealed class RetainedMemoryTests
{
    [Test]
    public void Short_of_memory_for_the_cache_nothing_is_kept_for_confirmation()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = 50 });
        TestClient client = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "a");
        Assert.That(broker.Context.Memory.Bytes, Is.Zero);
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void What_slow_readers_of_one_topic_hold_takes_nothing_of_the_memory_that_is_kept_for_others()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = 100_000 });
        TestClient slow = broker.Join("hot", new FakeTransport { Room = 0 });
        for (int i = 0; i < 30; i++)
            broker.Publish("hot", TestBroker.Message(10_000));
        Assert.That((broker.Context.Memory.Bytes > 200_000, broker.Context.RetainedMemory.Bytes), Is.EqualTo((true, 0L)));
        TestClient client = broker.Join("t", new FakeTransport { Confirms = true });
        broker.Publish("t", "a");
        TestBroker.Leave(client);
        Assert.That(broker.Join("t", new FakeTransport { Confirms = true }).Wire.Messages, Is.EqualTo(new[] { "a" }));
        Assert.That(slow.Session.CloseRequested, Is.Null);
    }

    [Test]
    public void What_is_kept_of_all_topics_together_is_bounded_and_counted_until_it_is_confirmed()
    {
        const int Memory = 100_000;
        using var broker = new TestBroker(new BrokerLimits { CacheMemory = Memory });
        TestClient[] clients = [.. Enumerable.Range(0, 20).Select(i => broker.Join($"{i}", new FakeTransport { Confirms = true }))];
        for (int i = 0; i < clients.Length; i++)
            broker.Publish($"{i}", TestBroker.Message(10_000));
        Assert.That(broker.Context.RetainedMemory.Bytes, Is.InRange(Memory * 8 / 10, Memory).And.EqualTo(broker.Context.Memory.Bytes));
        foreach (TestClient client in clients)
            client.AnswerPing();
        Assert.That((broker.Context.RetainedMemory.Bytes, broker.Context.Memory.Bytes), Is.EqualTo((0L, 0L)));
    }
}
