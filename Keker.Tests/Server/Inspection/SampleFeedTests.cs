using System.Text.Json;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Inspection;
using Keker.Server.Observability;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Inspection;

/// <summary>The samples of the console, which go over a topic, and whoever watches them, who is nobody to anybody else.</summary>
internal sealed class SampleFeedTests
{
    private TestBroker _broker = null!;
    private SampleFeed _feed = null!;

    [SetUp]
    public void Start()
    {
        _broker = new TestBroker();
        _feed = new SampleFeed(_broker.Broker, new MemoryGuard(_broker.Context.Clock, new ProcessMemory()), () => false);
    }

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_sample_says_what_has_happened_so_far()
    {
        _broker.Join("t");
        _broker.Publish("t", "a", "b");
        Beat();

        Sample sample = Only();

        Assert.That((sample.Published, sample.Delivered, sample.Sessions), Is.EqualTo((2L, 2L, 1)));
        Assert.That(sample.MemoryBytes, Is.Positive);
        Assert.That((sample.Median, sample.Slowest), Is.Not.EqualTo((float.NaN, float.NaN)));
        Assert.That(sample.Slowest, Is.AtLeast(sample.Median));
    }

    [Test]
    public void A_second_without_messages_has_no_times_and_what_watchers_are_sent_is_none()
    {
        using Watcher watcher = Watch();
        Beat();
        Beat();

        var samples = new Sample[2];
        Assert.That(_feed.Samples.Read(0, samples), Is.EqualTo(2));
        Assert.That(samples.Select(sample => sample.Median), Is.All.NaN);
    }

    [Test]
    public void Nothing_is_published_while_nobody_watches()
    {
        Beat();
        Assert.That(_feed.Topic.Head, Is.Zero);
        using var watch = Watch();
        Beat();
        Assert.That(_feed.Topic.Head, Is.EqualTo(1));
        watch.Session.Disconnected();
        Beat();
        Assert.That(_feed.Topic.Head, Is.EqualTo(1));
    }

    [Test]
    public void Whoever_watches_gets_each_sample_and_is_counted_nowhere()
    {
        using Watcher watcher = Watch();
        Beat();
        Beat();

        string[] events = [.. watcher.Wire.Stream.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal))];
        Assert.That(events, Has.Length.EqualTo(2));
        JsonElement told = JsonDocument.Parse(events[1]["data: ".Length..]).RootElement;
        Assert.That(told.GetProperty("sample").GetArrayLength(), Is.EqualTo(12));
        Assert.That(told.GetProperty("figures").GetProperty("pressure").GetString(), Is.EqualTo("none"));
        Counters counters = _broker.Context.Counters;
        Assert.That((counters.Sessions, counters.Published, counters.Delivered.Value), Is.EqualTo((0L, 0L, 0L)));
        Assert.That((_broker.Context.Topics.Count, _broker.Context.NamedTopics.Count, _broker.Context.Topics.Occupied.Value), Is.EqualTo((0, 0, 0L)));
        _broker.Broadcast("to all");
        Assert.That(watcher.Wire.Stream, Does.Not.Contain("to all"));
    }

    [Test]
    public void Nothing_is_left_of_whoever_has_watched()
    {
        using Watcher watcher = Watch();
        Beat();
        watcher.Session.Disconnected();
        Beat();

        Assert.That(_broker.Context.Breaks.Count, Is.Zero);
        _broker.AssertHoldsNothing();
        using Watcher again = Watch();
        Beat();
        Assert.That(again.Wire.Stream, Does.Contain("\"sample\""), "the topic outlives its watchers");
    }

    [Test]
    public void Who_does_not_read_is_closed_as_any_slow_reader_and_holds_up_nobody()
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = 4096, LagTime = TimeSpan.Zero });
        (_broker, _feed) = (broker, new SampleFeed(broker.Broker, new MemoryGuard(broker.Context.Clock, new ProcessMemory()), () => false));
        using Watcher slow = Watch();
        using Watcher other = Watch();
        slow.Wire.Block();
        for (int i = 0; i < 50; i++)
            Beat();

        Assert.That(slow.Session.CloseRequested?.Code, Is.EqualTo(CloseCode.TryAgainLater));
        Assert.That(other.Wire.Stream.Split("\n\n").Count(each => each.Contains("\"sample\"", StringComparison.Ordinal)), Is.EqualTo(50));
    }

    private void Beat()
    {
        _broker.Advance(TimeSpan.FromSeconds(1));
        _feed.Beat();
    }

    private Sample Only()
    {
        var samples = new Sample[2];
        Assert.That(_feed.Samples.Read(0, samples), Is.EqualTo(1));
        return samples[0];
    }

    private Watcher Watch()
    {
        var wire = new FakeTransport();
        var session = new OnlookerSession(wire, _broker.Context) { Head = [] };
        Assert.That(MessageBroker.TryBegin(session, _feed.Topic, out JoinResult joined));
        session.SendHead();
        _broker.Broker.Deliver(joined);
        return new Watcher(session, wire);
    }

    private sealed record Watcher(OnlookerSession Session, FakeTransport Wire) : IDisposable
    {
        public void Dispose() => Session.Disconnected();
    }
}
