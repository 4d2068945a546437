using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Log;

/// <summary>The topics that keep something for confirmation, which the heartbeat visits instead of all topics.</summary>
/// <remarks>Thread-safe. Its lock is an innermost one: taken under a topic's lock, and nothing is called while it is held.</remarks>
internal sealed class RetainedTopics
{
    private readonly Lock _lock = new();
    private List<Topic> _topics = [];

    /// <summary>Adds a topic that is not listed.</summary>
    public void Add(Topic topic)
    {
        lock (_lock)
            _topics.Add(topic);
    }

    /// <summary>Visits all of them; those that keep something are listed again. Called with no lock held.</summary>
    public void Sweep(long now)
    {
        List<Topic> topics;
        lock (_lock)
        {
            topics = _topics;
            _topics = [];
        }
        foreach (Topic topic in topics)
            topic.Sweep(now);
    }
}
