using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Confirming;

/// <summary>Publishers that wait for clients whose sockets take a message in part.</summary>
internal sealed class ReceiptOfSlowTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Within_a_second_of_the_last_ping_it_goes_out_behind_the_rest_of_a_message_cut_at_any_byte([Range(0, 5)] int room, [Values] bool waits)
    {
        var takes = new Queue<int>();
        var wire = new FakeTransport { Confirms = true, Take = waits ? null : offered => takes.TryDequeue(out int taken) ? taken : offered };
        TestClient client = _broker.Join("t", wire);
        _broker.Publish("t", "before");
        client.AnswerPing();
        if (waits)
            wire.Room = room;
        else
            takes.Enqueue(room);
        Receipt receipt = _broker.PublishAndWait(Wait, "ab", "t");
        wire.Unblock();
        Assert.That(wire.Frames.Select(frame => frame.OpCode), Is.EqualTo(new[] { OpCode.Text, OpCode.Ping, OpCode.Text, OpCode.Ping }));
        client.AnswerPing();
        Assert.That((receipt.HasEnded, receipt.Counts), Is.EqualTo((true, new ReceiptCounts(1, 0, 0))));
    }

    [Test]
    public void Who_goes_on_behind_a_gap_has_not_received_what_is_missing()
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = 10_000, LagTime = TimeSpan.Zero });
        var wire = new FakeTransport { Confirms = true, Room = 5 };
        var session = new TaggedSession(wire, broker.Context) { Confirms = true };
        broker.Broker.Subscribe(session, "t"u8);
        broker.Publish("t", "cut");
        Receipt receipt = broker.PublishAndWait(Wait, "awaited", "t");
        for (int i = 0; i < 10; i++)
            broker.Publish("t", TestBroker.Message(2000));
        wire.Unblock();
        var client = new TestClient(session, wire);
        Assert.That(wire.Messages, Has.Some.StartsWith("GAP"));
        for (int i = 0; i < 3 && !receipt.HasEnded; i++)
            client.AnswerPing();
        Assert.That((receipt.HasEnded, receipt.Sessions, receipt.Counts), Is.EqualTo((true, 1, default(ReceiptCounts))));
    }
}
