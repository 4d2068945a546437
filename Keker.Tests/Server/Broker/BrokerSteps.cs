using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

/// <summary>Steps of a connection in one call.</summary>
internal static class BrokerSteps
{
    /// <summary>SUBSCRIBE in plain mode.</summary>
    public static void SubscribeTo(this MessageBroker broker, Session session, ReadOnlySpan<byte> topic)
    {
        Assert.That(broker.TryJoinTopic(session, topic, resume: null, out Arrival arrival));
        broker.Begin(arrival);
    }
}
