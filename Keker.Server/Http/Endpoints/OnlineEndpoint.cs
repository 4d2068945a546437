using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Presence;

namespace Keker.Server.Http.Endpoints;

/// <summary><c>GET /v1/online</c>: who is online, a line each, and the number of the last event that is in it. Tokens are secrets: never for everybody.</summary>
internal sealed class OnlineEndpoint(ServerContext server) : Endpoint(server)
{
    /// <summary>Seconds: those that are under way end soon.</summary>
    private const int RetryAfter = 1;

    public override ReadOnlySpan<byte> Allow => "GET"u8;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method == RequestMethod.Get;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (Server.IsOpenToAll)
            return Refuse(exchange, 403, "the list shows tokens: start the server with --publish-key or --admin-listen to see it"u8);
        if (!Server.Presence.HasRoomForAnswer)
            return Refuse(exchange, 503, "too many long lists are under way: try again later"u8, RetryAfter);
        var list = new OnlineList(Server.Presence, Server.Broker.Context);
        exchange.Upgrade = new Upgrade(UpgradeKind.LongAnswer, LongAnswer: LongAnswer.To(exchange, BatchAnswers.ContentType, default, list, default));
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();
}
