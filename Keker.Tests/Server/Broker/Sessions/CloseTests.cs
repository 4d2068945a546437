using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Sessions;

internal sealed class CloseTests
{
    private static readonly ReadOnlyMemory<byte> Reason = "because"u8.ToArray();

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_close_ends_the_sending_side_once_and_nothing_follows_it([Values] bool tls, [Values] bool afterLog)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls });
        client.Session.RequestClose(CloseCode.GoingAway, Reason, afterLog);
        SentFrame close = client.Wire.Frames.Single();
        Assert.That(close.CloseCode, Is.EqualTo(1001));
        Assert.That(Encoding.UTF8.GetString(close.Payload.AsSpan(2)), Is.EqualTo("because"));
        Assert.That(client.Wire.IsCloseSent, Is.True);

        PublishOutcome outcome = _broker.Publish("t", "late").Outcome;
        Assert.That(outcome, Is.EqualTo(afterLog ? PublishOutcome.Published : PublishOutcome.Cached), "to publishers a closed session is gone");
        _broker.Broadcast("late");
        client.Session.AddPong("late"u8);
        client.Session.SendPendingControl();
        client.Session.SendPing();
        client.Session.RequestClose(CloseCode.Normal, default);
        Assert.That(client.Wire.Frames, Has.Count.EqualTo(1));
        TestBroker.Leave(client);
        _broker.Advance(TimeSpan.FromSeconds(5));
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void An_immediate_close_drops_what_waits_but_never_cuts_a_frame([Range(0, 6)] int room)
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = room });
        _broker.Publish("t", "ab", "cd");
        _broker.Broadcast("all");
        client.Session.RequestClose(CloseCode.PolicyViolation, Reason);
        Assert.That(client.Wire.IsCloseSent, Is.False);
        client.Wire.Unblock();
        Assert.That(client.Wire.CutBytes, Is.Zero);
        Assert.That(client.Wire.Messages, Is.EqualTo(room < 4 ? new[] { "ab" } : ["ab", "cd"]), "the frame that was begun, no more");
        Assert.That(client.Wire.CloseCode, Is.EqualTo(1008));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_close_after_the_log_comes_after_everything_that_waits([Values] bool tls, [Values(0, 3, 5)] int room)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = room });
        _broker.Publish("t", "a", "b");
        _broker.Broadcast("all");
        client.Session.RequestClose(CloseCode.GoingAway, Reason, afterLog: true);
        _broker.Publish("t", "c");
        client.Wire.Unblock();
        Assert.That(client.Wire.Messages, Is.EquivalentTo(new[] { "a", "b", "c", "all" }));
        Assert.That(client.Wire.CloseCode, Is.EqualTo(1001));
        Assert.That(client.Wire.IsCloseSent, Is.True);
    }

    [Test]
    public void A_close_after_the_log_brings_what_no_pass_has_reached_yet([Values] bool blocked)
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = blocked ? 0 : long.MaxValue });
        var dirty = new DirtyTopics();
        _broker.Broker.Publish("t"u8, TestBroker.Message("own"), dirty);
        _broker.Broker.Broadcast(TestBroker.Message("all"), dirty);
        client.Session.RequestClose(CloseCode.GoingAway, Reason, afterLog: true);
        client.Wire.Unblock();
        Assert.That(client.Wire.Messages, Is.EquivalentTo(new[] { "own", "all" }), "they were accepted");
        Assert.That(client.Wire.CloseCode, Is.EqualTo(1001));
        _broker.Broker.Flush(dirty);
        TestBroker.Leave(client);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_close_after_the_log_asked_for_during_a_pass_brings_what_was_appended_meanwhile()
    {
        TestClient first = _broker.Join("t");
        TestClient second = _broker.Join("t");
        first.Wire.OnTrySend = () =>
        {
            first.Wire.OnTrySend = null;
            second.Session.RequestClose(CloseCode.GoingAway, Reason, afterLog: true);
        };
        _broker.Publish("t", "a");
        Assert.That(second.Wire.Messages, Is.EqualTo(new[] { "a" }));
        Assert.That(second.Wire.CloseCode, Is.EqualTo(1001));
        Assert.That(first.Wire.Messages, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void A_close_that_finds_no_room_waits_for_it([Values] bool tls, [Values(0, 1, 5)] int room)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = tls ? 0 : room });
        client.Session.RequestClose(CloseCode.GoingAway, Reason);
        Assert.That(client.Wire.IsCloseSent, Is.False);
        _broker.Publish("t", "late");
        client.Wire.Unblock();
        Assert.That(client.Wire.Frames.Single().CloseCode, Is.EqualTo(1001));
        Assert.That(client.Wire.IsCloseSent, Is.True);
    }

    [Test]
    public void The_first_close_wins()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 0 });
        _broker.Publish("t", "a");
        client.Session.RequestClose(CloseCode.PolicyViolation, Reason);
        client.Session.RequestClose(CloseCode.Normal, Reason);
        client.Session.RequestClose(CloseCode.GoingAway, Reason, afterLog: true);
        client.Wire.Unblock();
        Assert.That(client.Wire.CloseCode, Is.EqualTo(1008));
    }

    [Test]
    public void An_immediate_close_replaces_one_that_waits_for_the_log()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 0 });
        _broker.Publish("t", "a", "b");
        client.Session.RequestClose(CloseCode.GoingAway, Reason, afterLog: true);
        client.Session.RequestClose(CloseCode.Normal, default);
        client.Wire.Unblock();
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a" }));
        Assert.That(client.Wire.CloseCode, Is.EqualTo(1000));
    }

    [Test]
    public void A_close_without_a_code_is_an_empty_frame()
    {
        TestClient client = _broker.Join("t");
        client.Session.RequestClose(CloseCode.NoStatus, default);
        Assert.That(client.Wire.Frames.Single().Payload, Is.Empty);
        Assert.That(client.Wire.IsCloseSent, Is.True);
    }

    [Test]
    public void A_session_may_be_closed_before_HELLO_and_say_it_afterwards([Values] bool afterLog)
    {
        _broker.Publish("t", "cached");
        var wire = new FakeTransport();
        var session = new Session(wire, _broker.Context);
        session.RequestClose(CloseCode.GoingAway, Reason, afterLog);
        _broker.Broker.Subscribe(session, "t"u8);
        _broker.Publish("t", "live");
        Assert.That(wire.Frames.Single().CloseCode, Is.EqualTo(1001));
        session.Disconnected();
        Assert.That(_broker.Context.CacheLedger.Count, Is.EqualTo(afterLog ? 0 : 2), "what was cached is for the next HELLO");
        _broker.Advance(TimeSpan.FromSeconds(5));
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_session_that_never_said_HELLO_ends_quietly()
    {
        var wire = new FakeTransport();
        var session = new Session(wire, _broker.Context);
        session.AddPong("hi"u8);
        session.SendPendingControl();
        session.Disconnected();
        session.AddPong("late"u8);
        session.SendPendingControl();
        Assert.That(wire.Frames, Has.Count.EqualTo(1));
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_peer_that_is_gone_gets_no_close()
    {
        TestClient client = _broker.Join("t", new FakeTransport { IsGone = true });
        client.Session.RequestClose(CloseCode.GoingAway, Reason);
        Assert.That(client.Wire.IsAborted, Is.True);
        Assert.That(client.Wire.IsCloseSent, Is.False);
    }

    [Test]
    public void A_drain_lets_every_session_of_a_large_topic_reach_the_head()
    {
        const int Members = 300;
        TestClient[] clients = [.. Enumerable.Range(0, Members).Select(_ => _broker.Join("t"))];
        using var held = new ManualResetEventSlim();
        using var drained = new ManualResetEventSlim();
        clients[0].Wire.OnTrySend = () =>
        {
            clients[0].Wire.OnTrySend = null;
            held.Set();
            drained.Wait(TestBroker.Patience);
        };
        _broker.Publish("t", "a", "b");
        Assert.That(held.Wait(TestBroker.Patience), Is.True);
        foreach (TestClient client in clients)
            client.Session.RequestClose(CloseCode.GoingAway, Reason, afterLog: true);
        drained.Set();
        TestBroker.WaitUntil(() => clients.All(client => client.Wire.IsCloseSent), "somebody was not closed");
        foreach (TestClient client in clients)
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
    }
}
