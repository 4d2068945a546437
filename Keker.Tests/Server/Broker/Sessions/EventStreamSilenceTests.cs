using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>An event stream whose network falls silent: it cannot answer, but its machine acknowledges what arrives.</summary>
internal sealed class EventStreamSilenceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void What_is_not_acknowledged_does_not_grow_old([Values] bool acknowledges)
    {
        using var broker = new TestBroker();
        var wire = new FakeTransport { Acknowledges = acknowledges };
        var session = new EventStreamSession(wire, broker.Context);
        broker.Broker.Subscribe(session, "t"u8);
        broker.Publish("t", "sent");
        for (int i = 0; i < 20; i++)
        {
            broker.Advance(Second);
            session.ConfirmOld(broker.Context.Clock.Now);
        }
        session.Disconnected();
        broker.Publish("t", "while away");
        Assert.That(broker.Join("t").Wire.Messages, Is.EqualTo(acknowledges ? ["while away"] : new[] { "sent", "while away" }));
    }
}
