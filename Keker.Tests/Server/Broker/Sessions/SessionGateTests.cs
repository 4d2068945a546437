using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>Several topics and control frames meet at one session.</summary>
internal sealed class SessionGateTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void A_topic_that_finds_the_session_busy_is_flushed_by_whoever_is_busy_with_it([Values(1, 2, 5)] int broadcasts)
    {
        TestClient client = _broker.Join("t");
        int during = -1;
        Once(client, () =>
        {
            TestThreads.Run(() =>
            {
                for (int i = 0; i < broadcasts; i++)
                    _broker.Broadcast($"{i}");
            });
            during = client.Wire.Messages.Length;
        });
        _broker.Publish("t", "own");
        Assert.That(during, Is.Zero, "only the owner of the gate sends");
        Assert.That(client.Wire.Messages, Is.EqualTo((string[])["own", .. Enumerable.Range(0, broadcasts).Select(i => $"{i}")]));
        Assert.That(client.Wire.TrySends, Is.EqualTo(2), "the broadcast was put on the list once");
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero, "what waited was let go of");
    }

    [Test]
    public void Two_topics_that_meet_at_a_session_again_and_again_leave_nothing_behind()
    {
        const int Rounds = 20_000;
        var counted = new SinkTransport();
        _broker.Broker.Subscribe(new Session(counted, _broker.Context), "t"u8);
        Publication publication = TestBroker.Message("x");
        using var round = new System.Threading.Barrier(2);
        int stuck = 0;

        // After each round nobody publishes any more: what is left behind then would wait for the next publish.
        void Run(Func<DirtyTopics, PublishResult> publish)
        {
            var dirty = new DirtyTopics();
            for (int i = 1; i <= Rounds; i++)
            {
                round.SignalAndWait();
                publish(dirty);
                _broker.Broker.Flush(dirty);
                round.SignalAndWait();
                if (counted.Bytes != 2L * i * publication.Frame.Length)
                    Interlocked.Increment(ref stuck);
            }
        }

        TestThreads.Run(
            () => Run(dirty => _broker.Broker.Publish("t"u8, publication, dirty)),
            () => Run(dirty => _broker.Broker.Broadcast(publication, dirty)));
        Assert.That(stuck, Is.Zero);
    }

    [Test]
    public void Other_members_do_not_wait_for_a_busy_session()
    {
        TestClient busy = _broker.Join("busy");
        TestClient other = _broker.Join("other");
        string[] seen = [];
        Once(busy, () =>
        {
            TestThreads.Run(() => _broker.Broadcast("to all"));
            seen = other.Wire.Messages;
        });
        _broker.Publish("busy", "own");
        Assert.That(seen, Is.EqualTo(new[] { "to all" }));
        Assert.That(busy.Wire.Messages, Is.EqualTo(new[] { "own", "to all" }));
    }

    [Test]
    public void A_blocked_session_gets_both_topics_once_it_makes_room([Values] bool tls)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = 0 });
        _broker.Publish("t", "own 1");
        _broker.Broadcast("all 1");
        _broker.Publish("t", "own 2");
        _broker.Broadcast("all 2");
        Assert.That(client.Wire.Messages, Is.Empty);
        client.Wire.Unblock();
        string[] messages = client.Wire.Messages;
        Assert.That(messages.Where(message => message.StartsWith("own", StringComparison.Ordinal)), Is.EqualTo(new[] { "own 1", "own 2" }));
        Assert.That(messages.Where(message => message.StartsWith("all", StringComparison.Ordinal)), Is.EqualTo(new[] { "all 1", "all 2" }));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_control_frame_asked_for_during_a_send_goes_out_after_it()
    {
        TestClient client = _broker.Join("t");
        Once(client, () =>
        {
            client.Session.AddPong("hi"u8);
            client.Session.SendPendingControl();
        });
        _broker.Publish("t", "a");
        Assert.That(client.Wire.Frames.Select(frame => (frame.OpCode, frame.Text)), Is.EqualTo(new[] { (OpCode.Text, "a"), (OpCode.Pong, "hi") }));
    }

    [Test]
    public void A_control_frame_never_goes_inside_a_frame_that_was_cut([Range(0, 8)] int room, [Values] bool tls)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = room });
        _broker.Publish("t", "abc", "def");
        client.Session.AddPong("hi"u8);
        client.Session.SendPendingControl();
        client.Session.SendPing();
        _broker.Broadcast("all");
        Assert.That(client.Wire.Frames.Any(frame => !frame.IsMessage), Is.False);
        client.Wire.Unblock();
        List<SentFrame> frames = client.Wire.Frames;
        Assert.That(client.Wire.CutBytes, Is.Zero);
        Assert.That(frames.Where(frame => frame.IsMessage).Select(frame => frame.Text), Is.EquivalentTo(new[] { "abc", "def", "all" }));
        Assert.That(frames.Where(frame => !frame.IsMessage).Select(frame => frame.OpCode), Is.EqualTo(new[] { OpCode.Pong, OpCode.Ping }));
    }

    [Test]
    public void A_control_frame_goes_before_the_messages_that_wait()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 0 });
        _broker.Publish("t", "a", "b");
        client.Session.AddPong("hi"u8);
        client.Session.SendPendingControl();
        client.Wire.Unblock();
        Assert.That(client.Wire.Frames.Select(frame => frame.Text), Is.EqualTo(new[] { "a", "hi", "b" }));
    }

    [Test]
    public void Of_several_pings_the_latest_is_answered([Values] bool tls)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = 0 });
        _broker.Publish("t", "a");
        for (int i = 0; i < 5; i++)
            client.Session.AddPong(Encoding.UTF8.GetBytes($"ping {i}"));
        client.Session.SendPendingControl();
        client.Wire.Unblock();
        Assert.That(client.Wire.Frames.Select(frame => frame.Text), Is.EqualTo(new[] { "a", "ping 4" }));
    }

    [Test]
    public void A_pong_is_a_copy_of_what_the_reader_gave()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 0 });
        byte[] buffer = [1, 2, 3];
        _broker.Publish("t", "a");
        client.Session.AddPong(buffer);
        client.Session.SendPendingControl();
        buffer[0] = 9;
        client.Wire.Unblock();
        Assert.That(client.Wire.Frames[1].Payload, Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void A_pong_of_any_length_survives_any_cut([Values(0, 1, 125)] int length, [Values(0, 1, 2, 3, 126)] int room)
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = room });
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        client.Session.AddPong(payload);
        client.Session.SendPendingControl();
        client.Wire.Unblock();
        SentFrame pong = client.Wire.Frames.Single();
        Assert.That(pong.OpCode, Is.EqualTo(OpCode.Pong));
        Assert.That(pong.Payload, Is.EqualTo(payload));
    }

    [Test]
    public void Pings_are_numbered_one_is_under_way_at_a_time_and_only_its_own_payload_answers_it()
    {
        TestClient client = _broker.Join("t");
        client.Session.SendPing();
        client.Session.SendPing();
        byte[] first = client.Wire.Frames.Single().Payload;
        Assert.That(Convert.ToHexString(first)[..8], Is.EqualTo("00000001"));
        Assert.That(client.Session.TryTakePong([0, 0, 0, 2, .. first.AsSpan(4)]), Is.False, "never sent");
        Assert.That(client.Session.TryTakePong([0, 0, 0, 0, .. first.AsSpan(4)]), Is.False, "no number");
        Assert.That(client.Session.TryTakePong([.. first[..^1], (byte)(first[^1] + 1)]), Is.False, "guessed");
        Assert.That(client.Session.TryTakePong(first.AsSpan(0, 4)), Is.False, "the number alone");
        Assert.That(client.Session.TryTakePong(first));
        Assert.That(client.Session.TryTakePong(first), Is.False, "a second time");

        client.Session.SendPing();
        byte[] second = client.Wire.Frames[1].Payload;
        Assert.That(Convert.ToHexString(second)[..8], Is.EqualTo("00000002"));
        Assert.That(client.Session.TryTakePong(first), Is.False, "the one before");
        Assert.That(client.Session.TryTakePong(second));
    }

    private static void Once(TestClient client, Action action) => client.Wire.OnTrySend = () =>
    {
        client.Wire.OnTrySend = null;
        action();
    };
}
