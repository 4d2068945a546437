using Keker.Server.Broker;
using Keker.Server.Options;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>Where only whole writes work, a write may refer to its batch until it ends.</summary>
internal sealed class TlsSendTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { UnfinishedWrites = 4 * Limits.BatchBytes });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void The_bytes_of_a_write_that_waits_are_left_alone_while_others_are_served()
    {
        TestClient slow = Join("t", room: 0);
        TestClient fast = Join("t");
        TestClient elsewhere = Join("u");
        _broker.Publish("t", "first", "second");
        for (int i = 0; i < 20; i++)
        {
            _broker.Publish("t", $"more {i}", $"and more {i}");
            _broker.Publish("u", $"other {i}", $"and other {i}");
        }
        slow.Wire.Unblock();
        Assert.That(slow.Wire.Messages, Is.EqualTo(fast.Wire.Messages), "the transport watches the bytes, too");
        Assert.That(slow.Wire.Messages, Has.Length.EqualTo(42));
        Assert.That(elsewhere.Wire.Messages, Has.Length.EqualTo(40));
    }

    [Test]
    public void Slow_members_at_one_cursor_do_not_share_a_batch_that_is_written_again()
    {
        TestClient[] slow = [.. Enumerable.Range(0, 6).Select(_ => Join("t", room: 0))];
        _broker.Publish("t", "a", "b", "c");
        _broker.Publish("t", "d", "e", "f");
        foreach (TestClient client in slow.Reverse())
            client.Wire.Unblock();
        foreach (TestClient client in slow)
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a", "b", "c", "d", "e", "f" }));
        Assert.That(_broker.Context.UnfinishedWrites.Bytes, Is.Zero);
    }

    [Test]
    public void A_batch_is_one_write_of_at_most_64_KiB()
    {
        TestClient client = Join("t");
        _broker.Publish("t", [.. Enumerable.Repeat(TestBroker.Message(20_000), 10)]);
        Assert.That(client.Wire.AsyncSends, Is.EqualTo(4));
        Assert.That(client.Wire.TrySends, Is.Zero);
        Assert.That(client.Wire.Frames, Has.Count.EqualTo(10));
    }

    [Test]
    public void Unfinished_writes_count_for_all_the_memory_they_keep_alive()
    {
        TestClient slow = Join("t", room: 0);
        _broker.Publish("t", "a", "b");
        long held = _broker.Context.UnfinishedWrites.Bytes;
        Assert.That(held, Is.AtLeast(TestBroker.Message("a").Frame.Length * 2));

        // The batch's buffer is given away whole, however little of it is used.
        Assert.That(held, Is.EqualTo(BufferOf(slow)));
        slow.Wire.Unblock();
        Assert.That(_broker.Context.UnfinishedWrites.Bytes, Is.Zero);
    }

    [Test]
    public void Over_their_bound_writes_refer_to_single_publications_and_nothing_is_lost()
    {
        TestClient[] slow = [.. Enumerable.Range(0, 40).Select(_ => Join("t", room: 0))];
        Publication[] large = [.. Enumerable.Range(0, 3).Select(_ => TestBroker.Message(20_000))];
        _broker.Publish("t", large);
        Assert.That(_broker.Context.UnfinishedWrites.Bytes, Is.GreaterThan(_broker.Context.Limits.UnfinishedWrites));
        TestClient late = slow[^1];
        late.Wire.CompleteSend();
        Assert.That(late.Wire.Frames, Has.Count.EqualTo(1), "one publication a write");
        foreach (TestClient client in slow)
        {
            client.Wire.Unblock();
            Assert.That(client.Wire.Frames.Select(frame => frame.Payload.Length), Is.EqualTo(new[] { 20_000, 20_000, 20_000 }));
        }
        Assert.That(_broker.Context.UnfinishedWrites.Bytes, Is.Zero);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    private static long BufferOf(TestClient client)
    {
        Assert.That(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(client.Wire.WaitingBytes, out ArraySegment<byte> bytes), Is.True);
        return bytes.Array!.Length;
    }

    private TestClient Join(string token, long room = long.MaxValue) =>
        _broker.Join(token, new FakeTransport { CanTrySend = false, Room = room });
}
