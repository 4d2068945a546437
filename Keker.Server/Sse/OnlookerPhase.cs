using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;

namespace Keker.Server.Sse;

/// <summary>An operator's event stream: of a topic that sessions subscribe to, or of one of the server's own.</summary>
/// <remarks>As <see cref="EventStreamPhase"/>.</remarks>
internal sealed class OnlookerPhase : EventStreamPhase
{
    private readonly Topic? _internal;

    /// <param name="connection">The connection.</param>
    /// <param name="server">What all connections share.</param>
    /// <param name="head">The head of the answer, not sent yet.</param>
    /// <param name="topic">A valid name; null for the samples of the console.</param>
    public OnlookerPhase(Connection connection, ServerContext server, byte[] head, byte[]? topic)
        : base(connection, server, new OnlookerSession(connection, server.Broker.Context) { Head = head }, topic is null ? [] : [topic])
    {
        _internal = topic is null ? server.Console!.Topic : null;
    }

    protected override JoinResult[] Join()
    {
        if (_internal is null)
            return base.Join();
        return MessageBroker.TryBegin(Session, _internal, out JoinResult joined) ? [joined] : [];
    }
}
