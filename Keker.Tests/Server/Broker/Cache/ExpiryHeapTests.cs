using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Cache;

internal sealed class ExpiryHeapTests
{
    [Test]
    public void The_first_is_always_the_one_that_expires_first_whatever_is_taken_out([Range(0, 9)] int seed)
    {
        using var broker = new TestBroker();
        Topic topic = broker.Context.Topics.GetOrAdd("t"u8);
        var random = new Random(seed);
        var heap = new ExpiryHeap();
        List<CacheEntry> model = [];

        for (int step = 0; step < 2000; step++)
        {
            if (model.Count == 0 || random.Next(step < 1000 ? 3 : 5) < 2)
            {
                var entry = new CacheEntry(topic, 0, TestBroker.Message(1), random.Next(50), collapseKey: null);
                heap.Add(entry);
                model.Add(entry);
            }
            else
            {
                CacheEntry entry = random.Next(2) == 0 ? heap.First! : model[random.Next(model.Count)];
                heap.Remove(entry);
                model.Remove(entry);
            }
            Assert.That(heap.First?.ExpiresAt, Is.EqualTo(model.Min(entry => (long?)entry.ExpiresAt)));
        }
    }
}
