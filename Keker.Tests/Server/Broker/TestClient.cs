using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

/// <summary>A session and the far end of its connection.</summary>
internal sealed record TestClient(Session Session, FakeTransport Wire)
{
    public Topic Topic => Session.OwnTopic!.Topic;
}
