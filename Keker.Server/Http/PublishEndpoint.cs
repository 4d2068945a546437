using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Server.Broker;

namespace Keker.Server.Http;

/// <summary>`PUT` or `POST /v1/publish`: one message for every session of the token in the `Token` header.</summary>
internal sealed class PublishEndpoint(ServerContext server) : MessageEndpoint(server)
{
    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        FieldValues tokens = exchange.Head.ValuesOf(head, "token"u8);
        if (!tokens.MoveNext())
            return Refuse(exchange, 400, "no Token header: send Token: <AUTH_INFO>, the word the recipient says in its HELLO"u8);
        ReadOnlySpan<byte> token = tokens.Current.In(head);
        if (tokens.MoveNext())
            return Refuse(exchange, 400, "more than one Token header: send one"u8);
        if (!AuthInfo.IsValid(token))
            return Refuse(exchange, 400, "bad Token header: send 1 to 512 bytes of UTF-8 without white space or control characters"u8);
        exchange.SetToken(token);
        return base.TryAccept(exchange, head);
    }

    protected override PublishResult Publish(HttpExchange exchange, Publication publication) =>
        Server.Broker.Publish(exchange.Token, publication, exchange.Dirty);

    protected override void Answer(HttpExchange exchange, PublishResult result)
    {
        if (result.Outcome == PublishOutcome.Published)
        {
            JsonAnswers.WritePublished(exchange.Answers, result.Sessions, cached: 0, exchange.Headers());
            return;
        }
        int cached = result.Outcome == PublishOutcome.Cached ? 1 : 0;
        JsonAnswers.WriteRecipientNotFound(exchange.Answers, exchange.Token, cached, exchange.Headers());
    }
}
