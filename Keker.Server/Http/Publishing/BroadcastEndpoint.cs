namespace Keker.Server.Http.Publishing;

/// <summary>`PUT` or `POST /v1/broadcast`: one message for every session.</summary>
internal sealed class BroadcastEndpoint(ServerContext server) : MessageEndpoint(server)
{
    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        bool isAllowed = exchange.MayPublish is null or { AllowsBroadcast: true } || NoteRefused();
        return isAllowed ? base.TryAccept(exchange, head) : Refuse(exchange, 403, PublishRefusals.NotAllowed);
    }
}
