using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>Event streams beside WebSocket sessions in one topic: what they get, where they go on, and that frames stay whole.</summary>
internal sealed class EventStreamSessionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Both_kinds_of_session_get_every_message_in_the_same_order([Values] bool tls)
    {
        TestClient webSocket = _broker.Join("t", new FakeTransport { Confirms = true });
        TestClient stream = Join(tls: tls);
        _broker.Publish("t", "1", "2");
        _broker.Publish("t", "3");
        Assert.That(webSocket.Wire.Messages, Is.EqualTo(new[] { "1", "2", "3" }));
        Assert.That(Data(stream), Is.EqualTo(new[] { "1", "2", "3" }));
    }

    [Test]
    public void It_gets_what_was_cached_and_broadcasts()
    {
        _broker.Publish("t", "cached");
        TestClient stream = Join();
        _broker.Broadcast("all");
        _broker.Publish("t", "live");
        Assert.That(Data(stream), Is.EqualTo(new[] { "cached", "all", "live" }));
    }

    [Test]
    public void A_broadcast_leaves_the_last_id_at_the_token()
    {
        TestClient stream = Join();
        _broker.Publish("t", "1");
        _broker.Broadcast("all");
        List<ReceivedEvent> events = Events(stream);
        Assert.That(events[1].LastId, Is.EqualTo(events[0].LastId));
    }

    [Test]
    public void It_begins_with_the_time_to_come_back_in_and_the_id_to_come_back_with()
    {
        TestClient stream = Join();
        Assert.That(stream.Wire.Stream, Does.Match($"^retry: (1[0-9]{{3}}|2000)\nid: {stream.Topic.Epoch:x}:0\n\n$"));
    }

    [Test]
    public void The_times_to_come_back_in_are_spread()
    {
        string[] times = [.. Enumerable.Range(0, 20).Select(_ => Join().Wire.Stream.Split('\n')[0])];
        Assert.That(times.Distinct().Count(), Is.GreaterThan(1));
    }

    [Test]
    public void A_gap_at_the_beginning_comes_with_the_time_to_come_back_in()
    {
        TestClient stream = Join("abc:7");
        Assert.That(stream.Wire.Stream, Does.Match("^retry: (1[0-9]{3}|2000)\nid: [0-9a-f]+:0\nevent: gap\ndata: "));
    }

    [Test]
    public void It_goes_on_after_the_last_id_with_nothing_lost_and_nothing_twice()
    {
        TestClient first = Join();
        _broker.Publish("t", "1", "2");
        string lastId = Events(first)[0].LastId;
        TestBroker.Leave(first);
        _broker.Publish("t", "3");
        TestClient next = Join(lastId);
        _broker.Publish("t", "4");
        Assert.That(Data(next), Is.EqualTo(new[] { "2", "3", "4" }));
    }

    [Test]
    public void It_goes_on_although_the_end_of_its_old_connection_was_not_noticed()
    {
        TestClient first = Join();
        _broker.Publish("t", "1", "2");
        TestClient next = Join(Events(first)[0].LastId);
        Assert.That(Data(next), Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public void With_all_it_had_it_gets_only_what_is_new()
    {
        TestClient first = Join();
        _broker.Publish("t", "1", "2");
        string lastId = Events(first)[^1].LastId;
        TestBroker.Leave(first);
        TestClient next = Join(lastId);
        _broker.Publish("t", "3");
        Assert.That(Data(next), Is.EqualTo(new[] { "3" }));
    }

    [Test]
    public void What_is_gone_for_good_is_a_gap_from_the_id_to_where_it_goes_on()
    {
        using var broker = new TestBroker(new BrokerLimits { CacheSize = 1000 });
        TestClient first = Join(broker: broker);
        broker.Publish("t", "1");
        string lastId = Events(first)[0].LastId;
        broker.Publish("t", [.. Enumerable.Range(0, 30).Select(i => $"{i}".PadRight(100, '.'))]);
        TestBroker.Leave(first);
        TestClient next = Join(lastId, broker: broker);
        List<ReceivedEvent> events = Events(next);
        long start = 31 - (events.Count - 1);
        Assert.That(events, Has.Count.InRange(4, 7));
        Assert.That((events[0].Type, events[0].Data), Is.EqualTo(("gap", $"{lastId} {next.Topic.Epoch:x}:{start}")));
        Assert.That(events[0].LastId, Is.EqualTo($"{next.Topic.Epoch:x}:{start}"), "it is told once");
        Assert.That(events[1].LastId, Is.EqualTo($"{next.Topic.Epoch:x}:{start + 1}"));
    }

    [Test]
    public void An_id_of_another_life_of_the_topic_is_a_gap_and_what_is_there_follows()
    {
        _broker.Publish("t", "cached");
        TestClient stream = Join("abc:7");
        List<ReceivedEvent> events = Events(stream);
        Assert.That(events.Select(received => received.Type), Is.EqualTo(new[] { "gap", "message" }));
        Assert.That(events[0].Data, Is.EqualTo($"abc:7 {stream.Topic.Epoch:x}:0"));
        Assert.That(events[1].Data, Is.EqualTo("cached"));
    }

    [Test]
    public void An_id_that_was_never_given_is_no_way_past_what_comes()
    {
        TestClient first = Join();
        _broker.Publish("t", "1");
        TestClient next = Join($"{first.Topic.Epoch:x}:1000");
        Assert.That(Events(next).Select(received => received.Type), Is.EqualTo(new[] { "gap", "message" }));
    }

    [Test]
    public void Without_an_id_what_was_sent_within_the_time_of_the_cache_comes_again()
    {
        TestClient first = Join();
        _broker.Publish("t", "old");
        Beat(first, 11);
        _broker.Publish("t", "young");
        Beat(first, 2);
        TestBroker.Leave(first);
        Assert.That(Data(Join()), Is.EqualTo(new[] { "young" }));
    }

    [Test]
    public void What_was_sent_is_kept_for_the_time_of_the_cache_and_not_for_long_after([Values(1, 3, 100)] int streams)
    {
        using var broker = new TestBroker(new BrokerLimits { Cache = TimeSpan.FromSeconds(30), SmallPass = int.MaxValue });
        TestClient[] clients = [.. Enumerable.Range(0, streams).Select(_ => Join(broker: broker))];
        broker.Publish("t", "1");
        Beat(broker, clients, 29);
        Assert.That(broker.Context.Memory.Bytes, Is.Positive);
        Beat(broker, clients, 34);
        Assert.That(broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void What_waits_for_room_does_not_grow_old()
    {
        TestClient stream = Join();
        stream.Wire.Block();
        _broker.Publish("t", "1");
        Beat(stream, 20);
        TestBroker.Leave(stream);
        stream.Wire.CompleteSend(sent: false);
        Assert.That(Data(Join()), Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void Keep_alives_stand_between_events_wherever_a_send_was_cut([Range(0, 40)] int room, [Values] bool tls)
    {
        TestClient stream = Join(tls: tls);
        stream.Wire.Room = room;
        _broker.Publish("t", "first");
        ((EventStreamSession)stream.Session).SendKeepAlive();
        _broker.Publish("t", "second");
        stream.Wire.Unblock();
        Assert.That(Data(stream), Is.EqualTo(new[] { "first", "second" }));
        Assert.That(stream.Wire.Stream.Split(": keep-alive\n\n"), Has.Length.EqualTo(2));
    }

    [Test]
    public void It_ends_after_all_there_is_with_the_time_to_come_back_in([Values] bool tls)
    {
        TestClient stream = Join(tls: tls);
        stream.Wire.Room = 10;
        _broker.Publish("t", "1");
        stream.Session.RequestClose(CloseCode.GoingAway, default, afterLog: true);
        Assert.That(stream.Wire.IsFinished, Is.False);
        stream.Wire.Unblock();
        Assert.That(stream.Wire.IsFinished);
        Assert.That(Data(stream), Is.EqualTo(new[] { "1" }));
        Assert.That(stream.Wire.Stream, Does.Match("\n\nretry: [1-5][0-9]{3}\n\n$"));
    }

    [Test]
    public void Who_is_too_far_behind_is_closed_and_finds_what_the_cache_holds()
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = 2000, LagTime = TimeSpan.Zero, CacheSize = 1000 });
        TestClient slow = Join(broker: broker);
        slow.Wire.Block();
        for (int i = 0; i < 100 && slow.Session.CloseRequested is null; i++)
            broker.Publish("t", $"{i}".PadRight(100, '.'));
        Assert.That(slow.Session.CloseRequested!.Code, Is.EqualTo(CloseCode.TryAgainLater));
        Assert.That(broker.Context.Counters.SlowConsumers.Value, Is.EqualTo(1));
        Assert.That(slow.Session.OwnTopic!.HasLeft);
    }

    [Test]
    public void A_receipt_never_counts_it_as_confirmed_and_does_not_wait_for_it()
    {
        TestClient stream = Join();
        var receipt = new Receipt(_broker.Context, TimeSpan.FromSeconds(30));
        var dirty = new DirtyTopics();
        _broker.Broker.Publish(TestBroker.Token("t"), TestBroker.Message("1"), dirty, receipt: receipt);
        receipt.Begin();
        _broker.Broker.Flush(dirty);
        Beat(stream, 12);
        Assert.That(receipt.Ended.IsCompleted);
        Assert.That((receipt.Sessions, receipt.Counts.Received), Is.EqualTo((1, 0)));
        Assert.That(Data(stream), Is.EqualTo(new[] { "1" }), "and no ping between");
    }

    [Test]
    public void Nothing_is_held_once_it_has_gone_for_good()
    {
        TestClient stream = Join();
        _broker.Publish("t", "1");
        TestBroker.Leave(stream);
        _broker.Advance(_broker.Context.Limits.Resume);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void The_head_of_the_answer_goes_out_first_and_who_has_it_is_a_member([Values] bool closes)
    {
        int members = -1;
        EventStreamSession session = null!;
        var wire = new FakeTransport { OnTrySend = () => members = members < 0 ? session.OwnTopic!.Topic.MemberCount : members };
        session = new EventStreamSession(wire, _broker.Context) { Head = "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray() };
        _broker.Publish("t", "cached");
        Assert.That(_broker.Broker.TryJoin(session, "t"u8, resume: null, out JoinResult own));
        if (closes)
            session.RequestClose(1013, default);
        session.SendHead();
        Assert.That(members, Is.EqualTo(closes ? 0 : 1));
        Assert.That(wire.Stream, closes ? Does.Match("^HTTP/1.1 200 OK\r\n\r\nretry: [0-9]+\n\n$") : Is.EqualTo("HTTP/1.1 200 OK\r\n\r\n"));
        _broker.Broker.Deliver(own);
        if (!closes)
            Assert.That(wire.Stream, Does.Match("^HTTP/1.1 200 OK\r\n\r\nretry: [0-9]+\nid: [^\n]+\n\nid: "));
    }

    private TestClient Join(string? lastId = null, bool tls = false, TestBroker? broker = null)
    {
        broker ??= _broker;
        var wire = new FakeTransport { CanTrySend = !tls };
        ResumePoint? resume = lastId is null ? null
            : MessageId.TryParse(TestBroker.Token(lastId), out MessageId id) ? new ResumePoint(id)
            : throw new ArgumentException(lastId);
        var session = new EventStreamSession(wire, broker.Context, resume);
        broker.Broker.Subscribe(session, "t"u8, resume);
        return new TestClient(session, wire);
    }

    private void Beat(TestClient client, int seconds) => Beat(_broker, [client], seconds);

    /// <summary>The heartbeat, once a second.</summary>
    private static void Beat(TestBroker broker, TestClient[] clients, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            broker.Time.Advance(Second);
            foreach (TestClient client in clients)
                ((EventStreamSession)client.Session).ConfirmOld(broker.Context.Clock.Now);
            broker.Broker.DropExpired();
        }
    }

    private static List<ReceivedEvent> Events(TestClient client) => ReceivedEvent.ReadAll(client.Wire.Stream);

    private static IEnumerable<string> Data(TestClient client) => Events(client).Select(received => received.Data);
}
