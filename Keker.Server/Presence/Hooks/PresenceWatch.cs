using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Presence.Hooks;

/// <summary>
/// Makes events of who comes and goes. A token is offline only after a while, so that a page that reloads is none; until then its topic stays in the table, and
/// in every list.
/// </summary>
/// <param name="events">Where the events go.</param>
/// <param name="clock">The clock of that while.</param>
internal sealed class PresenceWatch(HookQueue events, MonotonicClock clock) : IPresenceWatch
{
    private readonly Lock _lock = new();

    /// <summary>Topics of tokens whose last session went, in the order in which that will be told.</summary>
    private readonly Queue<(Topic Topic, long DueAt)> _leaving = new();

    public ulong Boot { get; } = (ulong)Random.Shared.NextInt64();

    public long LastChange => events.LastSeq;

    public int Untold => events.Count;

    public void Occupied(Topic topic, int members)
    {
        if (topic.Announcement > 0)
            return;
        topic.Announcement = 1;
        events.Add(topic.Kind == TopicKind.Token ? HookEventKind.Online : HookEventKind.Occupied, topic.Kind, topic.Name, members);
    }

    public void Emptied(Topic topic)
    {
        if (topic.Kind != TopicKind.Token)
        {
            topic.Announcement = 0;
            events.Add(HookEventKind.Vacated, topic.Kind, topic.Name, 0);
        }
        else if (topic.Announcement < ushort.MaxValue)
        {
            topic.Announcement++;
            lock (_lock)
                _leaving.Enqueue((topic, clock.Now + (long)Limits.OfflineDelay.TotalMilliseconds));
        }
    }

    public void Expired(Topic topic, Publication publication) =>
        events.Add(HookEventKind.Expired, topic.Kind, topic.Name, topic.MemberCount, publication.Key);

    /// <summary>Tells who has been gone for long enough. The heartbeat calls it.</summary>
    public void Beat(BrokerContext context)
    {
        while (TakeDue() is { } topic)
        {
            bool isOffline;
            lock (topic)
            {
                // Who came back and went again has a later one coming.
                isOffline = --topic.Announcement == 1 && topic.MemberCount == 0;
                if (isOffline)
                {
                    topic.Announcement = 0;
                    events.Add(HookEventKind.Offline, topic.Kind, topic.Name, 0);
                }
            }
            if (isOffline)
                context.Topics.Retire(topic);
        }
    }

    private Topic? TakeDue()
    {
        lock (_lock)
            return _leaving.TryPeek(out (Topic Topic, long DueAt) first) && first.DueAt <= clock.Now ? _leaving.Dequeue().Topic : null;
    }
}
