using Keker.Protocol.Http;
using Keker.Server.Broker;

namespace Keker.Server.Http;

/// <summary>`PUT` or `POST /v1/broadcast`: one message for every session.</summary>
internal sealed class BroadcastEndpoint(ServerContext server) : MessageEndpoint(server)
{
    protected override PublishResult Publish(HttpExchange exchange, Publication publication) =>
        Server.Broker.Broadcast(publication, exchange.Dirty);

    protected override void Answer(HttpExchange exchange, PublishResult result) =>
        JsonAnswers.WriteBroadcast(exchange.Answers, result.Recipients, result.Sessions, exchange.Headers());
}
