using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>A socket takes any number of bytes, and none while a write is unfinished (the fake transport watches that).</summary>
internal sealed class PartialSendTests
{
    private static readonly string[] Texts = ["", "a", new('b', 125), new('c', 126), "d"];

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Cut_at_any_byte_the_rest_follows_and_nothing_is_lost_or_doubled()
    {
        int total = Texts.Sum(text => TestBroker.Message(text).Frame.Length);
        for (int room = 0; room <= total; room++)
        {
            string token = $"t{room}";
            TestClient client = _broker.Join(token, new FakeTransport { Room = room });
            TestClient fast = _broker.Join(token);
            _broker.Publish(token, Texts);
            _broker.Publish(token, "later");
            Assert.That(client.Wire.IsWaiting, Is.True, $"room for {room}");
            client.Wire.Unblock();
            Assert.That(client.Wire.Messages, Is.EqualTo((string[])[.. Texts, "later"]), $"room for {room}");
            Assert.That(fast.Wire.Messages, Is.EqualTo(client.Wire.Messages));
            Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
        }
    }

    [Test]
    public void Only_the_frame_that_was_cut_is_written_asynchronously()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 4 });
        _broker.Publish("t", "ab", "cd", "ef");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "ab" }));
        client.Wire.CompleteSend();
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "ab", "cd" }), "the next one finds no room again");
        client.Wire.Unblock();
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "ab", "cd", "ef" }));
    }

    [Test]
    public void A_client_that_takes_one_byte_at_a_time_gets_everything([Values] bool tls)
    {
        var random = new Random(1);
        var wire = new FakeTransport { CanTrySend = !tls, Take = offered => tls ? random.Next(2) * offered : Math.Min(1, offered) };
        TestClient client = _broker.Join("t", wire);
        _broker.Publish("t", Texts);
        _broker.Broadcast("all");
        for (int steps = 0; wire.CompleteSend(); steps++)
            Assert.That(steps, Is.LessThan(10_000), "it never ends");
        Assert.That(wire.Messages.Where(text => text != "all"), Is.EqualTo(Texts));
        Assert.That(wire.Messages.Count(text => text == "all"), Is.EqualTo(1));
        Assert.That(_broker.Context.Counters.Delivered.Value, Is.EqualTo(Texts.Length + 1));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
        Assert.That(client.Wire.CutBytes, Is.Zero);
    }

    [Test]
    public void A_large_frame_goes_in_steps_so_that_progress_shows()
    {
        TestClient client = _broker.Join("t", new FakeTransport { Room = 10 });
        _broker.Publish("t", TestBroker.Message(200_000));
        int steps = 0;
        long since = client.Session.WaitingSince;
        Assert.That(since, Is.Positive);
        while (client.Wire.IsWaiting)
        {
            _broker.Time.Advance(TimeSpan.FromSeconds(10));
            client.Wire.CompleteSend();
            steps++;
            if (client.Wire.IsWaiting)
            {
                Assert.That(client.Session.WaitingSince, Is.EqualTo(since + 10_000L * steps));
            }
        }
        Assert.That(steps, Is.EqualTo(4));
        Assert.That(client.Session.WaitingSince, Is.Zero);
        Assert.That(client.Wire.Frames.Single().Payload, Has.Length.EqualTo(200_000));
    }

    [Test]
    public void A_client_that_vanishes_costs_the_others_nothing([Values] bool tls, [Values] bool whileWaiting)
    {
        var wire = new FakeTransport { CanTrySend = !tls, Room = whileWaiting ? 2 : 0, IsGone = !whileWaiting };
        TestClient gone = _broker.Join("t", wire);
        TestClient other = _broker.Join("t");
        _broker.Publish("t", "a", "b");
        if (whileWaiting)
            wire.CompleteSend(sent: false);
        _broker.Publish("t", "c");
        Assert.That(wire.IsAborted, Is.True);
        Assert.That(wire.Messages, Is.Empty);
        Assert.That(other.Wire.Messages, Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero, "nothing waits for the dead");
        TestBroker.Leave(gone);
        TestBroker.Leave(other);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_session_that_ends_while_a_write_waits_lets_go_when_the_write_ends([Values] bool sent, [Values] bool tls)
    {
        TestClient client = _broker.Join("t", new FakeTransport { CanTrySend = !tls, Room = 0 });
        _broker.Publish("t", "a", "b");
        _broker.Broadcast("all");
        TestBroker.Leave(client);
        Assert.That(client.Wire.IsWaiting, Is.True);
        client.Wire.Room = long.MaxValue;
        client.Wire.CompleteSend(sent);
        Assert.That(client.Wire.Messages, Has.Length.AtMost(2));
        _broker.AssertHoldsNothing();
    }
}
