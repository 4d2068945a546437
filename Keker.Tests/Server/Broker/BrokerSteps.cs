using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker;

/// <summary>Steps of a connection in one call.</summary>
internal static class BrokerSteps
{
    /// <summary>SUBSCRIBE in plain mode.</summary>
    public static void SubscribeTo(this MessageBroker broker, Session session, ReadOnlySpan<byte> topic)
    {
        Assert.That(broker.TryJoinTopic(session, topic, resume: null, out JoinResult joined));
        broker.Deliver(joined);
    }
}
