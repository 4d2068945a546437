using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker;

/// <summary>Appending and sending allocate nothing beside the publication.</summary>
internal sealed class BrokerAllocationTests
{
    private const int Rounds = 500;

    [Test]
    public void Publishing_to_members_allocates_nothing([Values(1, 16, 64)] int members, [Values(1, 2, 30)] int burst)
    {
        using var broker = new TestBroker();
        Join(broker, "t", members);
        var dirty = new DirtyTopics();
        Publication publication = TestBroker.Message("hello");
        Assert.That(Allocations.Least(() =>
        {
            for (int i = 0; i < burst; i++)
                broker.Broker.Publish("t"u8, publication, dirty);
            broker.Broker.Flush(dirty);
        }, Rounds), Is.Zero);
    }

    [Test]
    public void A_broadcast_and_several_topics_allocate_nothing()
    {
        using var broker = new TestBroker();
        Join(broker, "a", 10);
        Join(broker, "b", 10);
        var dirty = new DirtyTopics();
        Publication publication = TestBroker.Message("hello");
        Assert.That(Allocations.Least(() =>
        {
            broker.Broker.Publish("a"u8, publication, dirty);
            broker.Broker.Broadcast(publication, dirty);
            broker.Broker.Publish("b"u8, publication, dirty);
            broker.Broker.Flush(dirty);
        }, Rounds), Is.Zero);
    }

    private static void Join(TestBroker broker, string token, int members)
    {
        for (int i = 0; i < members; i++)
            broker.Broker.Subscribe(new Session(new SinkTransport(), broker.Context), TestBroker.Token(token));
    }
}
