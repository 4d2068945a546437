using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Access;
using Keker.Server.Net;
using Keker.Server.Observability;

namespace Keker.Server.Sse;

/// <summary>An event stream that ends with the right of whoever reads it.</summary>
/// <remarks>As <see cref="EventStreamPhase"/>.</remarks>
internal sealed class CheckedStreamPhase : EventStreamPhase
{
    private readonly AccessPolicy _access;
    private readonly long _endsAt;

    /// <param name="connection">The connection.</param>
    /// <param name="server">What all connections share.</param>
    /// <param name="access">Knows the time.</param>
    /// <param name="grant">Who it is, and until when.</param>
    /// <param name="head">The head of the answer, not sent yet.</param>
    /// <param name="topics">Valid names, each once, that are allowed.</param>
    /// <param name="after">For each subscription, that of the token first, the id of the last message that the client got, if it says one.</param>
    public CheckedStreamPhase(
        Connection connection, ServerContext server, AccessPolicy access, Grant grant, byte[] head, byte[][] topics, MessageId?[] after)
        : base(connection, server, head, grant.Token, topics, after)
    {
        _access = access;
        _endsAt = grant.EndsAt;
    }

    public override void OnHeartbeat(long now)
    {
        if (_endsAt <= _access.Now && Session.CloseRequested is null)
        {
            _access.Refused(RefusalReason.Expired, "event stream");
            Session.RequestClose(CloseCode.Unauthorized, default);
        }
        base.OnHeartbeat(now);
    }
}
