using Keker.Protocol.Commands;
using Keker.Protocol.Sse;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>Event streams of several subscriptions beside slow readers, predecessors and holes: frames stay whole, and nothing stays behind.</summary>
internal sealed class ListedStreamSendingTests
{
    private const int Large = 100_000;

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { Resume = TimeSpan.FromSeconds(1) });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_topic_alone_has_the_ids_of_a_token_alone_and_shares_its_bytes()
    {
        FakeTransport[] wires = [.. Enumerable.Range(0, 2).Select(_ => _broker.JoinTopicStream("a").Wire)];
        Array.ForEach(wires, wire => wire.Block());
        _broker.PublishToTopic("a", TestBroker.Message(Large));
        Assert.That(wires.Select(ArrayOfWait).Distinct().Count(), Is.EqualTo(1));
        Array.ForEach(wires, wire => wire.Unblock());
        ReceivedEvent received = ReceivedEvent.ReadAll(wires[0].Stream).Single();
        ulong epoch = _broker.Context.NamedTopics.Find("a"u8)!.Epoch;
        Assert.That((received.Type, received.LastId), Is.EqualTo(("binary:a", $"{epoch:x}:1")));
    }

    [Test]
    public void Nothing_begins_before_all_that_is_asked_of_predecessors_is_known()
    {
        TestClient silent = _broker.Join("t", new FakeTransport { Confirms = true });
        _broker.Broker.SubscribeTo(silent.Session, "a"u8);
        _broker.PublishToTopic("a", "unconfirmed");
        TestClient stream = _broker.JoinStream("t", ["a"]);
        _broker.Publish("t", "live");
        _broker.PublishToTopic("a", "live too");
        Assert.That(stream.Wire.Stream, Is.Empty);

        _broker.Advance(TimeSpan.FromSeconds(2));
        TestBroker.WaitUntil(() => stream.Events().Count == 3, "the stream to begin");

        Assert.That(stream.TextsOf("a"), Is.EqualTo(new[] { "unconfirmed", "live too" }));
        Assert.That(stream.TextsOf("t"), Is.EqualTo(new[] { "live" }));
        Assert.That(stream.Wire.Stream, Does.Match("^retry: [0-9]+\nid: [^\n]+\n\nid: "));
    }

    [Test]
    public void One_that_ends_before_it_has_begun_leaves_nothing_behind()
    {
        TestClient silent = _broker.Join("t", new FakeTransport { Confirms = true });
        _broker.Broker.SubscribeTo(silent.Session, "a"u8);
        _broker.PublishToTopic("a", "unconfirmed");
        TestClient stream = _broker.JoinStream("t", ["a", "b"]);
        TestBroker.Leave(stream);
        silent.AnswerPing();
        TestBroker.Leave(silent);
        _broker.Advance(TimeSpan.FromSeconds(10));
        TestBroker.WaitUntil(() => { _broker.Broker.DropExpired(); return _broker.Context.Memory.Bytes == 0; }, "the logs to be let go of");
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void Cut_at_any_byte_small_and_large_events_arrive_whole_and_in_order([Range(0, 60)] int room, [Values] bool tls)
    {
        TestClient stream = _broker.JoinStream("t", ["a"], tls: tls);
        string large = new('x', 5000);
        stream.Wire.Room = room;
        _broker.Publish("t", large, "small");
        ((EventStreamSession)stream.Session).SendKeepAlive();
        _broker.PublishToTopic("a", "1", large, "2");
        stream.Wire.Unblock();
        Assert.That(stream.TextsOf("t"), Is.EqualTo(new[] { large, "small" }));
        Assert.That(stream.TextsOf("a"), Is.EqualTo(new[] { "1", large, "2" }));
        Assert.That(stream.Wire.Stream.Split(": keep-alive\n\n"), Has.Length.EqualTo(2));
        Assert.That(ListedStreams.Offsets(stream.Events()[^1].LastId), Is.EqualTo("2 3"));
    }

    [Test]
    public void What_is_large_is_held_once_for_all_slow_readers([Values] bool tls)
    {
        TestClient[] streams = [.. Enumerable.Range(0, 3).Select(i => _broker.JoinStream($"t{i}", ["a"], tls: tls))];
        Array.ForEach(streams, stream => stream.Wire.Room = tls ? 0 : 300);
        _broker.PublishToTopic("a", TestBroker.Message(Large));
        Assert.That(_broker.Context.BuiltFrames.Bytes, Is.InRange(Large, 2 * Large));
        Assert.That(_broker.Context.UnfinishedWrites.Bytes, Is.Zero);
        Array.ForEach(streams, stream => stream.Wire.Unblock());
        Assert.That(streams.Select(stream => stream.Events().Single().Type), Is.All.EqualTo("binary:a"));
        Assert.That(_broker.Context.BuiltFrames.Bytes, Is.Zero);
    }

    [Test]
    public void Who_is_too_far_behind_in_one_of_them_is_ended_and_comes_back_to_a_gap_in_that_one()
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = 2000, LagTime = TimeSpan.Zero, CacheSize = 1000 });
        TestClient slow = broker.JoinStream("t", ["a"]);
        broker.Publish("t", "1");
        broker.PublishToTopic("a", "2");
        string lastId = slow.Events()[^1].LastId;
        slow.Wire.Block();
        for (int i = 0; i < 100 && slow.Session.CloseRequested is null; i++)
            broker.PublishToTopic("a", $"{i}".PadRight(100, '.'));
        Assert.That(slow.Session.CloseRequested!.Code, Is.EqualTo(CloseCode.TryAgainLater));
        slow.Wire.CompleteSend(sent: false);
        broker.Publish("t", "3");
        broker.PublishToTopic("a", "last");
        TestClient next = broker.JoinStream("t", ["a"], lastId);
        List<ReceivedEvent> events = next.Events();
        Assert.That(events[0].Type, Is.EqualTo("gap:a"));
        Assert.That(events.Count(received => received.Type.StartsWith("gap", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(next.TextsOf("t"), Is.EqualTo(new[] { "3" }));
        Assert.That(next.TextsOf("a")[^1], Is.EqualTo("last"));
    }

    [Test]
    public void A_gap_within_the_stream_is_one_of_its_topic_with_the_places_of_all()
    {
        _broker.Join("t");
        TestClient first = _broker.JoinStream("t", ["a"]);
        _broker.PublishToTopic("a", "m0");
        string lastId = first.Events()[^1].LastId;
        TestBroker.Leave(first);
        Store("a", "1", 60);
        Store("a", "gone", seconds: null);
        Store("a", "2", 60);
        _broker.Advance(TimeSpan.FromSeconds(5));
        TestClient next = _broker.JoinStream("t", ["a"], lastId);
        Assert.That(next.Events().Select(received => received.Type), Is.EqualTo(new[] { "message:a", "gap:a", "message:a" }));
        Assert.That(next.Events().Select(received => ListedStreams.Offsets(received.LastId)), Is.EqualTo(new[] { "0 2", "0 3", "0 4" }));
        string[] gap = next.Events()[1].Data.Split(' ');
        Assert.That(gap, Is.EqualTo(new[] { next.Events()[0].LastId.Split(',')[1], next.Events()[1].LastId.Split(',')[1] }));
    }

    [Test]
    public void It_ends_after_all_there_is_of_each([Values] bool tls)
    {
        TestClient stream = _broker.JoinStream("t", ["a"], tls: tls);
        stream.Wire.Room = 10;
        _broker.Publish("t", "1");
        _broker.PublishToTopic("a", "2");
        stream.Session.RequestClose(CloseCode.GoingAway, default, afterLog: true);
        stream.Wire.Unblock();
        Assert.That(stream.Wire.IsFinished);
        Assert.That(stream.Data(), Is.EquivalentTo(new[] { "1", "2" }));
        Assert.That(stream.Wire.Stream, Does.Match("\n\nretry: [1-5][0-9]{3}\n\n$"));
    }

    [Test]
    public void Nothing_is_held_once_it_has_gone_for_good([Values("t", null)] string? token)
    {
        TestClient stream = _broker.JoinStream(token, ["a", "b"]);
        _broker.PublishToTopic("a", "1");
        _broker.PublishToTopic("b", "2");
        TestBroker.Leave(stream);
        _broker.Advance(TimeSpan.FromSeconds(6));
        _broker.AssertHoldsNothing();
    }

    private void Store(string topic, string text, int? seconds)
    {
        PublishTerms? terms = seconds is { } time ? new PublishTerms { TimeToLive = TimeSpan.FromSeconds(time) } : null;
        Assert.That(_broker.Broker.PublishToTopic(TestBroker.Token(topic), TestBroker.Message(text), new DirtyTopics(), terms).Outcome, Is.EqualTo(PublishOutcome.Cached));
    }

    private static byte[] ArrayOfWait(FakeTransport wire) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(wire.WaitingBytes, out ArraySegment<byte> segment) ? segment.Array! : [];
}
