using Keker.Server.Broker.FanOut;

namespace Keker.Server.Broker.Topics;

/// <summary>The topics that one connection appended to and has not flushed yet.</summary>
/// <remarks>
/// Not thread-safe. A pipelined burst is appended to the end before anything is flushed, each topic once: that is what makes
/// batches. Flush before any await, or two publishers that wait for each other's topics hang.
/// </remarks>
internal sealed class DirtyTopics
{
    /// <summary>Distinct topics kept apart: the search is linear, and past this a burst is large enough to be worth flushing.</summary>
    private const int Most = 64;

    private readonly List<Topic> _topics = [];

    public bool IsFull => _topics.Count >= Most;

    public void Add(Topic topic)
    {
        if (!_topics.Contains(topic))
            _topics.Add(topic);
    }

    public void Flush(FanOutWorkers fanOut, BrokerContext context)
    {
        if (_topics.Count == 0)
            return;
        BatchEncoder encoder = context.Encoders.Get();

        // A pass never throws: whatever goes wrong in it, the next topic has its turn.
        foreach (Topic topic in _topics)
            fanOut.Flush(topic, encoder);
        _topics.Clear();
        encoder.Return(context);
    }
}
