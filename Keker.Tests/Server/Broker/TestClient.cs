using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker;

/// <summary>A session and the far end of its connection.</summary>
internal sealed record TestClient(Session Session, FakeTransport Wire)
{
    public Topic Topic => Session.OwnTopic!.Topic;

    public List<SentFrame> Pings => Wire.Frames.FindAll(frame => frame.OpCode == OpCode.Ping);

    /// <summary>Answers the latest ping, as every WebSocket client does by itself.</summary>
    public void AnswerPing() => Assert.That(Session.TryTakePong(Pings[^1].Payload), "the ping had an answer already");
}
