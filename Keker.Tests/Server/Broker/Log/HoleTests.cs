using Keker.Protocol.Commands;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>What waited and expired, was replaced or had no room leaves a hole: clients with ids are told of it where it is, and only where somebody may miss something.</summary>
internal sealed class HoleTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { CacheSize = 1000, Resume = TimeSpan.FromSeconds(1) });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Who_has_all_before_what_was_replaced_gets_what_is_new_and_no_gap()
    {
        ulong epoch = Break("m0", "m1", "m2");
        Store("k0", key: "k");
        Store("k1", key: "k");
        Assert.That(Resume(epoch, 3), Is.EqualTo(new[] { Message(epoch, 5, "k1") }));
    }

    [Test]
    public void Who_has_nothing_gets_all_that_is_there_under_the_ids_it_had()
    {
        ulong epoch = Break("m0", "m1");
        Store("k0", key: "k");
        Store("k1", key: "k");
        Assert.That(Resume(epoch, 1), Is.EqualTo(new[] { Message(epoch, 2, "m1"), Message(epoch, 4, "k1") }));
    }

    [Test]
    public void Who_names_no_id_gets_what_was_not_confirmed_and_what_waits()
    {
        Break("m0", "m1");
        Store("k0", key: "k");
        Store("k1", key: "k");
        Assert.That(Plain(), Is.EqualTo(new[] { "m0", "m1", "k1" }));
    }

    [Test]
    public void A_time_of_its_own_that_ran_out_is_no_gap_and_the_time_of_the_cache_is_one()
    {
        ulong epoch = Break("m0");
        Store("expires as wanted", seconds: 1);
        _broker.Publish("t", "expires by the cache");
        Store("stays", seconds: 60);
        Store("expires as wanted", seconds: 2);
        Store("stays too", seconds: 60);
        _broker.Advance(TimeSpan.FromSeconds(4));
        TestBroker.Leave(_broker.Join("t", new FakeTransport { Confirms = true }));
        _broker.Advance(TimeSpan.FromSeconds(2));
        string[] all = [Message(epoch, 4, "stays"), Message(epoch, 6, "stays too")];
        Assert.That(Resume(epoch, 3), Is.EqualTo(all));
    }

    [Test]
    public void What_expired_by_the_cache_is_a_gap_in_its_place()
    {
        ulong epoch = Break("m0");
        Store("a", seconds: 60);
        _broker.Publish("t", "expires by the cache");
        Store("b", seconds: 60);
        _broker.Advance(TimeSpan.FromSeconds(5));
        Assert.That(Resume(epoch, 1), Is.EqualTo(new[] { Message(epoch, 2, "a"), Gap(epoch, 2, 3), Message(epoch, 4, "b") }));
    }

    [Test]
    public void What_had_no_room_is_a_gap_in_its_place()
    {
        ulong epoch = Break("m0");
        string large = new('x', 600);
        Store("1", seconds: 60);
        Store("2", seconds: 60);
        Store(large, seconds: 60);
        Store(large, seconds: 60);
        Assert.That(Resume(epoch, 1), Is.EqualTo(new[] { Gap(epoch, 1, 4), Message(epoch, 5, large) }));
    }

    [Test]
    public void At_the_end_of_all_there_is_a_gap_is_told_as_well()
    {
        ulong epoch = Break("m0");
        Store("a", seconds: 60);
        _broker.Publish("t", "expires by the cache");
        _broker.Advance(TimeSpan.FromSeconds(5));
        Assert.That(Resume(epoch, 1), Is.EqualTo(new[] { Message(epoch, 2, "a"), Gap(epoch, 2, 3) }));
    }

    [Test]
    public void An_event_stream_is_told_in_the_same_places()
    {
        ulong epoch = Break("m0");
        Store("a", seconds: 60);
        _broker.Publish("t", "expires by the cache");
        Store("k0", key: "k");
        Store("k1", key: "k");
        _broker.Advance(TimeSpan.FromSeconds(5));
        var wire = new FakeTransport();
        var resume = new ResumePoint(new MessageId(epoch, 1));
        _broker.Broker.Subscribe(new EventStreamSession(wire, _broker.Context, resume), TestBroker.Token("t"), resume);
        string stream = wire.Stream[wire.Stream.IndexOf("data: a", StringComparison.Ordinal)..];
        Assert.That(stream, Is.EqualTo(
            $"data: a\n\nid: {Id(epoch, 3)}\nevent: gap\ndata: {Id(epoch, 2)} {Id(epoch, 3)}\n\nid: {Id(epoch, 5)}\ndata: k1\n\n"));
    }

    [Test]
    public void Cut_at_any_byte_the_gap_and_what_follows_arrive_whole([Range(0, 60)] int room)
    {
        ulong epoch = Break("m0");
        Store("a", seconds: 60);
        _broker.Publish("t", "expires by the cache");
        Store("b", seconds: 60);
        _broker.Advance(TimeSpan.FromSeconds(5));
        var wire = new FakeTransport { Confirms = true, Room = room };
        Join(wire, new ResumePoint(new MessageId(epoch, 1)));
        wire.Unblock();
        Assert.That(wire.Messages, Is.EqualTo(new[] { Message(epoch, 2, "a"), Gap(epoch, 2, 3), Message(epoch, 4, "b") }));
    }

    [Test]
    public void A_plain_session_steps_over_holes_and_is_not_taken_for_a_slow_one()
    {
        Break("m0");
        Store("expires", seconds: 1);
        Store("a", seconds: 60);
        _broker.Publish("t", "expires by the cache");
        Store("b", seconds: 60);
        _broker.Advance(TimeSpan.FromSeconds(5));
        Assert.That(Plain(), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_message_that_does_not_wait_itself_takes_the_older_state_away_all_the_same()
    {
        Store("old state", key: "k");
        Store(new string('x', 1001), key: "k");
        Assert.That(Plain(), Is.Empty);
        Store("old state", key: "k", token: "u");
        Store("not to be kept", key: "k", seconds: 0, token: "u");
        Assert.That(_broker.Join("u").Wire.Messages, Is.Empty);
    }

    [Test]
    public void What_is_over_the_bound_of_all_is_not_said_to_be_cached()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheSize = 10_000, CacheMemory = 2_000 });
        Assert.That(broker.Publish("t", "small").Outcome, Is.EqualTo(PublishOutcome.Cached));
        Assert.That(broker.Publish("t", TestBroker.Message(2_000)).Outcome, Is.EqualTo(PublishOutcome.NotFound));
        Assert.That(broker.Join("t").Wire.Messages, Is.EqualTo(new[] { "small" }));
    }

    /// <summary>A session gets messages, confirms none and breaks.</summary>
    private ulong Break(params string[] texts)
    {
        TestClient client = _broker.Join("t", new FakeTransport { Confirms = true });
        _broker.Publish("t", texts);
        ulong epoch = client.Topic.Epoch;
        TestBroker.Leave(client);
        return epoch;
    }

    private void Store(string text, int? seconds = null, string? key = null, string token = "t")
    {
        var terms = new PublishTerms
        {
            TimeToLive = seconds is null && key is null ? null : TimeSpan.FromSeconds(seconds ?? 60),
            CollapseKey = key is null ? null : TestBroker.Token(key),
        };
        _broker.Broker.Publish(TestBroker.Token(token), TestBroker.Message(text), new DirtyTopics(), terms);
    }

    private string[] Resume(ulong epoch, long offset)
    {
        var wire = new FakeTransport { Confirms = true };
        var resume = new ResumePoint(new MessageId(epoch, offset));
        Join(wire, resume);
        return resume.IsGap ? [Gap(resume.After, resume.Start), .. wire.Messages] : wire.Messages;
    }

    private void Join(FakeTransport wire, ResumePoint resume) =>
        _broker.Broker.Subscribe(new TaggedSession(wire, _broker.Context) { Confirms = true }, TestBroker.Token("t"), resume);

    private string[] Plain() => _broker.Join("t").Wire.Messages;

    private static string Message(ulong epoch, long offset, string text) => $"MSG {Id(epoch, offset)} -\n{text}";

    private static string Gap(ulong epoch, long from, long to) => $"GAP - {Id(epoch, from)} {Id(epoch, to)}";

    private static string Gap(MessageId from, MessageId to) => $"GAP - {Id(from.Epoch, from.Offset)} {Id(to.Epoch, to.Offset)}";

    private static string Id(ulong epoch, long offset) => $"{epoch:x}:{offset}";
}
