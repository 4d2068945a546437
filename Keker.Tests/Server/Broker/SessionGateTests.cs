using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

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
            client.Session.NotePong("hi"u8);
            client.Session.SendNotes();
        });
        _broker.Publish("t", "a");
        Assert.That(client.Wire.Frames.Select(frame => (frame.OpCode, frame.Text)), Is.EqualTo(new[] { (OpCode.Text, "a"), (OpCode.Pong, "hi") }));
    }

    [Test]
    public void A_control_frame_never_goes_inside_a_frame_that_was_cut([Range(0, 8)] int room, [Values] bool tls)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = room });
        _broker.Publish("t", "abc", "def");
        client.Session.NotePong("hi"u8);
        client.Session.SendNotes();
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
        client.Session.NotePong("hi"u8);
        client.Session.SendNotes();
        client.Wire.Unblock();
        Assert.That(client.Wire.Frames.Select(frame => frame.Text), Is.EqualTo(new[] { "a", "hi", "b" }));
    }

    [Test]
    public void Of_several_pings_the_latest_is_answered([Values] bool tls)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = 0 });
        _broker.Publish("t", "a");
        for (int i = 0; i < 5; i++)
            client.Session.NotePong(Encoding.UTF8.GetBytes($"ping {i}"));
        client.Session.SendNotes();
        client.Wire.Unblock();
        Assert.That(client.Wire.Frames.Select(frame => frame.Text), Is.EqualTo(new[] { "a", "ping 4" }));
    }

    [Test]
    public void A_pong_is_a_copy_of_what_the_reader_gave()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 0 });
        byte[] buffer = [1, 2, 3];
        _broker.Publish("t", "a");
        client.Session.NotePong(buffer);
        client.Session.SendNotes();
        buffer[0] = 9;
        client.Wire.Unblock();
        Assert.That(client.Wire.Frames[1].Payload, Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void A_pong_of_any_length_survives_any_cut([Values(0, 1, 125)] int length, [Values(0, 1, 2, 3, 126)] int room)
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = room });
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        client.Session.NotePong(payload);
        client.Session.SendNotes();
        client.Wire.Unblock();
        SentFrame pong = client.Wire.Frames.Single();
        Assert.That(pong.OpCode, Is.EqualTo(OpCode.Pong));
        Assert.That(pong.Payload, Is.EqualTo(payload));
    }

    [Test]
    public void Pings_are_numbered_and_only_their_own_payload_answers_them()
    {
        TestClient client = _broker.Join("t");
        client.Session.SendPing();
        client.Session.SendPing();
        byte[][] payloads = [.. client.Wire.Frames.Select(frame => frame.Payload)];
        Assert.That(payloads.Select(payload => Convert.ToHexString(payload)[..8]), Is.EqualTo(new[] { "00000001", "00000002" }));
        Assert.That(client.Session.LatestPing, Is.EqualTo(2));
        Assert.That(client.Session.IsAnswer(payloads[0], out uint ping) ? ping : 0, Is.EqualTo(1));
        Assert.That(client.Session.IsAnswer(payloads[1], out ping) ? ping : 0, Is.EqualTo(2));
        Assert.That(client.Session.IsAnswer([0, 0, 0, 3, .. payloads[0].AsSpan(4)], out _), Is.False, "never sent");
        Assert.That(client.Session.IsAnswer([0, 0, 0, 0, .. payloads[0].AsSpan(4)], out _), Is.False, "no number");
        payloads[0][^1]++;
        Assert.That(client.Session.IsAnswer(payloads[0], out _), Is.False, "guessed");
        Assert.That(client.Session.IsAnswer(payloads[0].AsSpan(0, 4), out _), Is.False, "the number alone");
    }

    private static void Once(TestClient client, Action action) => client.Wire.OnTrySend = () =>
    {
        client.Wire.OnTrySend = null;
        action();
    };
}
