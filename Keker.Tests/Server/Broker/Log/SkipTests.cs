using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Log;

/// <summary>A message that a client cannot take: it goes away because of it, comes back, and must get what follows.</summary>
internal sealed class SkipTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void After_1009_the_largest_is_skipped_and_what_came_before_it_was_had()
    {
        TestClient client = Join();
        _broker.Publish("t", "1", "too large", "3");
        Close(client, CloseCode.MessageTooBig);
        _broker.Publish("t", "4");
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "3", "4" }));
        Assert.That(_broker.Context.Counters.Skipped.Value, Is.EqualTo(1));
    }

    [Test]
    public void Of_two_that_are_as_large_the_first_is_skipped_and_then_the_other()
    {
        TestClient client = Join();
        _broker.Publish("t", "large 1", "x", "large 2", "y");
        Close(client, CloseCode.MessageTooBig);
        client = Join();
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "x", "large 2", "y" }));
        Close(client, CloseCode.MessageTooBig);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "y" }), "what came before the second had been taken");
    }

    [Test]
    public void After_1003_the_first_binary_one_is_skipped_and_after_1007_the_first()
    {
        TestClient client = Join();
        _broker.Publish("t", TestBroker.Message("1"), TestBroker.Message(10), TestBroker.Message("3"), TestBroker.Message(20));
        Close(client, CloseCode.UnsupportedData);
        client = Join();
        Assert.That(client.Wire.Frames.Where(frame => frame.IsMessage).Select(frame => frame.Payload.Length), Is.EqualTo(new[] { 1, 20 }));
        Close(client, CloseCode.InvalidPayload);
        Assert.That(Join().Wire.Frames.Where(frame => frame.IsMessage).Select(frame => frame.Payload.Length), Is.EqualTo(new[] { 20 }));
    }

    [Test]
    public void After_1003_without_anything_binary_nothing_is_skipped()
    {
        TestClient client = Join();
        _broker.Publish("t", "1", "2");
        Close(client, CloseCode.UnsupportedData);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void Other_codes_skip_nothing_however_often([Values(CloseCode.GoingAway, CloseCode.PolicyViolation, CloseCode.InternalError, (ushort)4000)] ushort code)
    {
        TestClient client = Join();
        _broker.Publish("t", "1", "2");
        for (int i = 0; i < 6; i++)
        {
            Close(client, code);
            client = Join();
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
        }
    }

    [Test]
    public void A_connected_session_and_clients_that_look_different_get_it()
    {
        TestClient healthy = Join(mark: 2);
        TestClient client = Join();
        _broker.Publish("t", "1", "too large", "3");
        healthy.AnswerPing();
        Close(client, CloseCode.MessageTooBig);
        _broker.Publish("t", "4");
        Assert.That(healthy.Wire.Messages, Is.EqualTo(new[] { "1", "too large", "3", "4" }));
        TestClient next = Join(mark: 3);
        healthy.AnswerPing();
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "too large", "3", "4" }));
    }

    [Test]
    public void Where_a_broadcast_may_have_been_it_nothing_is_skipped([Values(CloseCode.MessageTooBig, CloseCode.InvalidPayload)] ushort code)
    {
        TestClient client = Join();
        _broker.Publish("t", "1", "2");
        _broker.Broadcast("a larger one");
        Close(client, code);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void A_broadcast_that_was_confirmed_was_not_it()
    {
        TestClient client = Join();
        _broker.Broadcast("a larger one");
        _broker.Publish("t", "0");
        client.AnswerPing();
        _broker.Publish("t", "1", "22", "3");
        Close(client, CloseCode.MessageTooBig);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "3" }));
    }

    /// <summary>On a fast network the Close is there before the send has returned that brought the message.</summary>
    [Test]
    public void A_client_that_closes_before_the_send_has_returned_is_not_taken_to_choke_on_another_message([Values] bool broadcast)
    {
        TestClient client = Join();
        _broker.Publish("t", "1", "22");
        client.Wire.OnTrySend = () =>
        {
            client.Wire.OnTrySend = null;
            Close(client, CloseCode.MessageTooBig);
        };
        if (broadcast)
            _broker.Broadcast("too large");
        else
            _broker.Publish("t", "too large");
        _broker.Publish("t", "after");
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "1", "22", "after" }));
    }

    [Test]
    public void Of_several_topics_the_largest_of_all_is_skipped_and_all_else_comes()
    {
        TestClient client = Join();
        _broker.Broker.SubscribeTo(client.Session, "news"u8);
        _broker.Publish("t", "1", "22");
        _broker.PublishToTopic("news", "a", "too large", "b");
        Close(client, CloseCode.MessageTooBig);
        client = Join();
        _broker.Broker.SubscribeTo(client.Session, "news"u8);
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1", "22", "b" }));
    }

    [Test]
    public void Without_a_close_the_first_is_skipped_after_it_came_again_three_times()
    {
        TestClient client = Join();
        _broker.Publish("t", "chokes", "2");
        for (int i = 0; i < 3; i++)
        {
            client = ComeBack(client);
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "chokes", "2" }), $"time {i}");
        }
        Assert.That(ComeBack(client).Wire.Messages, Is.EqualTo(new[] { "2" }));
        Assert.That(_broker.Context.Counters.Skipped.Value, Is.EqualTo(1));
    }

    [Test]
    public void What_does_not_tell_of_a_message_that_chokes_skips_nothing([Values("silent", "late", "not acknowledged", "closed by the server")] string what)
    {
        using var broker = new TestBroker(new BrokerLimits { Cache = TimeSpan.FromMinutes(1) });
        TestClient client = broker.Join("t", Wire(what));
        broker.Publish("t", "1", "2");
        for (int i = 0; i < 8; i++)
        {
            if (what == "late")
                broker.Advance(TimeSpan.FromSeconds(11));
            if (what == "closed by the server")
                client.Session.RequestClose(CloseCode.GoingAway, default);
            client.Session.Disconnected(byClient: what != "silent");
            client = broker.Join("t", Wire(what));
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1", "2" }), $"time {i}");
        }

        static FakeTransport Wire(string what) => new() { Confirms = true, Mark = 1, Acknowledges = what != "not acknowledged" };
    }

    [Test]
    public void Times_in_between_that_tell_nothing_begin_the_count_anew()
    {
        TestClient client = Join();
        _broker.Publish("t", "1");
        for (int i = 0; i < 12; i++)
        {
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1" }), $"time {i}");
            client.Session.Disconnected(byClient: i % 3 > 0);
            client = Join();
        }
    }

    [Test]
    public void Sessions_that_broke_at_the_same_time_count_once()
    {
        TestClient[] clients = [.. Enumerable.Range(0, 6).Select(_ => Join())];
        _broker.Publish("t", "1");
        foreach (TestClient client in clients)
            client.Session.Disconnected(byClient: true);
        clients = [.. Enumerable.Range(0, 6).Select(_ => Join())];
        _broker.Advance(Second / 2);
        foreach (TestClient client in clients)
            client.Session.Disconnected(byClient: true);
        Assert.That(Join().Wire.Messages, Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void What_is_confirmed_in_the_meantime_is_not_suspected_any_more()
    {
        TestClient client = Join();
        _broker.Publish("t", "1");
        client = ComeBack(ComeBack(ComeBack(client)));
        client.AnswerPing();
        _broker.Advance(TimeSpan.FromSeconds(6));
        _broker.Publish("t", "2");
        client = ComeBack(client);
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "2" }));
        Assert.That(ComeBack(client).Wire.Messages, Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public void Who_says_HELLO_while_the_session_that_chokes_is_still_there_skips_it_all_the_same()
    {
        TestClient client = Join();
        _broker.Publish("t", "1", "too large", "3");
        TestClient next = Join();
        Close(client, CloseCode.MessageTooBig);
        Assert.That(next.Wire.Messages, Is.EqualTo(new[] { "3" }));
    }

    [Test]
    public void Where_messages_have_ids_a_gap_says_what_was_skipped_also_to_one_that_asks_for_it([Values] bool asks)
    {
        TestClient client = Join();
        TestClient other = Join(mark: 2);
        _broker.Publish("t", "1", "too large", "3");
        ulong epoch = client.Topic.Epoch;
        TestBroker.Leave(other);
        Close(client, CloseCode.MessageTooBig);
        var wire = new FakeTransport { Confirms = true, Mark = 1 };
        var session = new TaggedSession(wire, _broker.Context) { Confirms = true };
        _broker.Broker.Subscribe(session, TestBroker.Token("t"), asks ? new ResumePoint(new(epoch, 0)) : null);
        string[] all = [$"MSG {Id(0)} -\n1", $"GAP - {Id(1)} {Id(2)}", $"MSG {Id(3)} -\n3"];
        Assert.That(wire.Messages, Is.EqualTo(asks ? [all[0].Replace(Id(0), Id(1), StringComparison.Ordinal), .. all[1..]] : all[1..]));

        string Id(long offset)
        {
            Span<byte> text = stackalloc byte[Keker.Protocol.Commands.MessageId.MaxLength];
            return System.Text.Encoding.ASCII.GetString(text[..new Keker.Protocol.Commands.MessageId(epoch, offset).Write(text)]);
        }
    }

    [Test]
    public void Members_that_stand_at_the_same_place_are_sent_the_same_whoever_skips_something()
    {
        TestClient client = Join();
        TestClient other = Join(mark: 2);
        _broker.Publish("t", "1", "too large", "3", "4");
        Close(client, CloseCode.MessageTooBig);
        TestBroker.Leave(other);
        TestClient[] others = [Join(mark: 2), Join(mark: 1), Join(mark: 2)];
        _broker.Time.Advance(Second);
        Assert.That(others.Select(next => next.Wire.Messages), Is.EqualTo(new[] { (string[])["1", "too large", "3", "4"], ["3", "4"], ["1", "too large", "3", "4"] }));
    }

    [Test]
    public void When_the_message_has_left_the_log_nothing_is_remembered()
    {
        TestClient client = Join();
        _broker.Publish("t", "too large");
        Close(client, CloseCode.MessageTooBig);
        _broker.Advance(_broker.Context.Limits.Resume);
        _broker.AssertHoldsNothing();
    }

    private TestClient Join(ulong mark = 1) => _broker.Join("t", new FakeTransport { Confirms = true, Mark = mark });

    private TestClient ComeBack(TestClient client)
    {
        client.Session.Disconnected(byClient: true);
        _broker.Time.Advance(Second / 10);
        return Join();
    }

    private static void Close(TestClient client, ushort code)
    {
        client.Session.ClosedByClient(code);
        client.Session.RequestClose(code, default);
        client.Session.Disconnected(byClient: true);
    }
}
