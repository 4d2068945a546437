using System.Buffers;
using System.Text;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Keker.Server.Presence;
using Keker.Server.Presence.Hooks;
using Keker.Tests.Server.Broker;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Presence.Hooks;

/// <summary>A broker of which a backend is told who comes and goes, with time in the test's hands.</summary>
internal sealed class WatchedBroker : IDisposable
{
    public WatchedBroker(int mostEvents = 1000)
    {
        var clock = new MonotonicClock(Time);
        Queue = new HookQueue(clock, Counters, mostEvents);
        Watch = new PresenceWatch(Queue, clock);
        Context = new BrokerContext(new BrokerLimits { Resume = TimeSpan.Zero }, clock, Counters) { Presence = Watch };
        Broker = new MessageBroker(Context);
        Presence = new PresenceState(Context);
    }

    public FakeTimeProvider Time { get; } = new();

    public Counters Counters { get; } = new();

    public HookQueue Queue { get; }

    public PresenceWatch Watch { get; }

    public BrokerContext Context { get; }

    public MessageBroker Broker { get; }

    public PresenceState Presence { get; }

    public Session Join(string token)
    {
        var session = new Session(new FakeTransport(), Context);
        Broker.Subscribe(session, Encoding.UTF8.GetBytes(token));
        return session;
    }

    public void Subscribe(Session session, string topic)
    {
        if (Broker.TryJoinTopic(session, Encoding.UTF8.GetBytes(topic), resume: null, out JoinResult joined))
            Broker.Deliver(joined);
    }

    public void Publish(string token, TimeSpan? lifetime, string? key)
    {
        Publication publication = TestBroker.Message("x");
        publication.Key = key is null ? null : Encoding.ASCII.GetBytes(key);
        Broker.Publish(Encoding.UTF8.GetBytes(token), publication, new DirtyTopics(), new PublishTerms { TimeToLive = lifetime });
    }

    public void Advance(double seconds)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        Broker.DropExpired();
        Watch.Beat(Context);
    }

    /// <summary>The events that wait, each as "name of, sessions".</summary>
    public async Task<string[]> TakeAsync() =>
        Queue.Count == 0 ? [] : [.. (await Queue.TakeAsync(int.MaxValue)).Select(each => $"{each.Kind} {Encoding.UTF8.GetString(each.Name)} {each.Sessions}{(each.Key is { } key ? $" {Encoding.ASCII.GetString(key)}" : "")}")];

    /// <summary>The lines of the list of who is online.</summary>
    public JsonElement[] List()
    {
        using var list = new OnlineList(Presence, Context);
        var output = new ArrayBufferWriter<byte>();
        while (list.TryWrite(output))
        {
        }
        return [.. Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public void Dispose() => Broker.Dispose();
}
