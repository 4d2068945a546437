using Keker.Protocol.Commands;
using Keker.Protocol.Sse;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>Event streams of several subscriptions: every event says which one it is of, and one id resumes all of them.</summary>
internal sealed class ListedStreamSessionTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();



    [Test]
    public void The_type_of_an_event_says_which_subscription_it_is_of([Values] bool tls)
    {
        TestClient stream = _broker.JoinStream("t", ["a", "b"], tls: tls);
        _broker.Publish("t", "1");
        _broker.PublishToTopic("a", "2");
        _broker.PublishToTopic("b", "3");
        _broker.Publish("t", Publication.Create([0xff], binary: true));
        _broker.PublishToTopic("b", Publication.Create([0xff], binary: true));
        _broker.Broadcast("4");
        Assert.That(stream.Events().Select(received => $"{received.Type} {received.Data}"),
            Is.EqualTo(new[] { "message 1", "message:a 2", "message:b 3", "binary /w==", "binary:b /w==", "message 4" }));
    }

    [Test]
    public void It_begins_with_the_time_to_come_back_in_and_the_places_of_all()
    {
        TestClient stream = _broker.JoinStream("t", ["a", "b"]);
        Assert.That(stream.Wire.Stream, Does.Match($"^retry: (1[0-9]{{3}}|2000)\nid: {ListedStreams.Place(stream.Topic, 0)},{_broker.Place("a", 0)},{_broker.Place("b", 0)}\n\n$"));
    }

    [Test]
    public void The_id_of_an_event_is_where_the_stream_stands_in_each()
    {
        TestClient stream = _broker.JoinStream("t", ["a", "b"]);
        _broker.PublishToTopic("b", "1", "2");
        _broker.Publish("t", "3");
        _broker.Broadcast("all");
        _broker.PublishToTopic("a", "4");
        Assert.That(stream.Events().Select(received => ListedStreams.Offsets(received.LastId)), Is.EqualTo(new[] { "0 0 1", "0 0 2", "1 0 2", "1 0 2", "1 1 2" }));
        Assert.That(stream.Events()[^1].LastId, Is.EqualTo($"{ListedStreams.Place(stream.Topic, 1)},{_broker.Place("a", 1)},{_broker.Place("b", 2)}"));
    }

    [Test]
    public void At_every_id_it_goes_on_with_what_comes_after_it_of_each([Values("t", null)] string? token, [Values] bool tls)
    {
        TestClient first = _broker.JoinStream(token, ["a", "b"], tls: tls);
        string[] names = token is null ? ["a", "b"] : ["t", "a", "b"];
        for (int i = 0; i < 12; i++)
            _broker.PublishTo(names[i * 7 % names.Length], $"{i}");
        List<ReceivedEvent> events = first.Events();
        TestBroker.Leave(first);
        _broker.PublishTo("b", "later");

        foreach (ReceivedEvent last in events)
        {
            TestClient next = _broker.JoinStream(token, ["a", "b"], last.LastId, tls);
            string[] expected = [.. events.SkipWhile(received => received != last).Skip(1).Select(received => received.Data), "later"];
            Assert.That(next.Events().Select(received => received.Type), Has.None.StartsWith("gap"));
            Assert.That(next.Data(), Is.EquivalentTo(expected), last.LastId);
            foreach (string name in names)
                Assert.That(next.TextsOf(name), Is.EqualTo(first.TextsOf(name).Where(expected.Contains).Concat(name == "b" ? ["later"] : [])), "the order of each");
            TestBroker.Leave(next);
        }
    }

    [Test]
    public void It_goes_on_although_the_end_of_its_old_connection_was_not_noticed()
    {
        TestClient first = _broker.JoinStream("t", ["a"]);
        _broker.Publish("t", "1", "2");
        _broker.PublishToTopic("a", "3", "4");
        TestClient next = _broker.JoinStream("t", ["a"], first.Events()[2].LastId);
        Assert.That(next.Data(), Is.EqualTo(new[] { "4" }));
    }

    [Test]
    public void Each_subscription_has_its_own_gap_and_a_client_that_gets_only_the_first_is_told_the_others_again()
    {
        string lastId = "abc:7,def:zz,9:0";
        _broker.PublishToTopic("b", "kept");
        TestClient stream = _broker.JoinStream("t", ["a", "b"], lastId);
        string[] starts = [ListedStreams.Place(stream.Topic, 0), _broker.Place("a", 0), _broker.Place("b", 0)];
        List<ReceivedEvent> events = stream.Events();

        Assert.That(events.Select(received => $"{received.Type} {received.Data}"),
            Is.EqualTo(new[] { $"gap abc:7 {starts[0]}", $"gap:a def:zz {starts[1]}", $"gap:b 9:0 {starts[2]}", "message:b kept" }));
        Assert.That(events[0].LastId, Is.EqualTo($"{starts[0]},def:zz,9:0"));
        Assert.That(events[1].LastId, Is.EqualTo($"{starts[0]},{starts[1]},9:0"));
        TestClient next = _broker.JoinStream("t", ["a", "b"], events[0].LastId);
        Assert.That(next.Events().Select(received => received.Type), Is.EqualTo(new[] { "gap:a", "gap:b", "message:b" }));
    }

    [Test]
    public void Only_the_subscription_that_misses_something_has_a_gap()
    {
        TestClient first = _broker.JoinStream("t", ["a"]);
        _broker.Publish("t", "1");
        _broker.PublishToTopic("a", "2");
        string lastId = first.Events()[^1].LastId;
        string stale = $"{lastId.Split(',')[0]},1:1";
        TestBroker.Leave(first);
        _broker.Publish("t", "3");
        TestClient next = _broker.JoinStream("t", ["a"], stale);
        Assert.That(next.Events().Select(received => received.Type), Is.EqualTo(new[] { "gap:a", "message", "message:a" }).Or.EqualTo(new[] { "gap:a", "message:a", "message" }));
        Assert.That(next.TextsOf("t"), Is.EqualTo(new[] { "3" }));
    }

    [Test]
    public void A_place_that_is_left_out_is_as_good_as_no_id_for_that_subscription()
    {
        TestClient first = _broker.JoinStream("t", ["a"]);
        _broker.Publish("t", "1", "2");
        string own = first.Events()[0].LastId.Split(',')[0];
        _broker.PublishToTopic("b", "waits");
        TestClient next = _broker.JoinStream("t", ["b"], own + ",");
        Assert.That(next.Events().Select(received => $"{received.Type} {received.Data}"), Is.EquivalentTo(new[] { "message 2", "message:b waits" }));
    }

    [Test]
    public void Without_a_token_it_gets_no_broadcast_and_is_nobodys_client()
    {
        TestClient first = _broker.JoinStream(null, ["a", "b"]);
        _broker.PublishToTopic("a", "1");
        _broker.Broadcast("all");
        Assert.That(first.Data(), Is.EqualTo(new[] { "1" }));
        string lastId = first.Events()[0].LastId;
        TestBroker.Leave(first);
        Assert.That(_broker.Context.Counters.Sessions, Is.Zero);
        _broker.PublishToTopic("a", "2");
        TestClient stranger = _broker.JoinStream(null, ["a", "b"]);
        Assert.That(stranger.Data(), Has.None.EqualTo("1"), "what another one had not confirmed is no business of it");
        TestClient same = _broker.JoinStream(null, ["a", "b"], lastId);
        Assert.That(same.Data(), Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public void A_topic_alone_goes_on_after_its_id_and_tells_its_gap()
    {
        TestClient first = _broker.JoinTopicStream("a");
        _broker.PublishToTopic("a", "1", "2");
        string lastId = first.Events()[0].LastId;
        TestBroker.Leave(first);
        Assert.That(_broker.JoinTopicStream("a", lastId).Data(), Is.EqualTo(new[] { "2" }));
        Assert.That(_broker.JoinTopicStream("a", "abc:7").Events().Select(received => received.Type), Is.EqualTo(new[] { "gap:a", "message:a", "message:a" }));
    }
}
