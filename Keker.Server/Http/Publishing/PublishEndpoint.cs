using System.Buffers;
using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Protocol.Json;

namespace Keker.Server.Http.Publishing;

/// <summary>`PUT` or `POST /v1/publish`: one message for every session of the tokens and the topics in its `Token` and `Topic` headers, which may be repeated and hold lists.</summary>
internal sealed class PublishEndpoint(ServerContext server) : MessageEndpoint(server)
{
    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        bool asksForMore = false;
        for (int i = 0; i < exchange.Head.FieldCount; i++)
        {
            ReadOnlySpan<byte> name = exchange.Head.NameAt(i).In(head);
            if (name.Length == "token".Length && !TryAddRecipients(exchange, name, exchange.Head.ValueAt(i).In(head)))
                return false;
            asksForMore |= PublishTermsFields.IsOne(name);
        }
        if (exchange.Message.Request.Recipients.Count == 0)
            return Refuse(exchange, 400, "no Token header and no Topic header: send Token: <AUTH_INFO>, the word the recipient says in its HELLO"u8);
        return (!asksForMore || TryReadTerms(exchange, head)) && base.TryAccept(exchange, head);
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        PublishState message = exchange.Message;
        if (message.Fields is { Wait: > 0 } && Server.Broker.Context.Waits.IsFull)
        {
            Refuse(exchange, 503, PublishRefusals.TooManyReceipts, PublishRefusals.RetryAfter);
            return;
        }
        if (message.Fields?.IdempotencyKey is { } key)
        {
            message.Idempotent = Server.Idempotency.TryBegin(key, out PublishAnswer? answer);
            if (message.Idempotent is null)
            {
                Repeat(exchange, answer);
                return;
            }
        }
        message.Request.Terms = message.Fields?.Terms;
        message.Request.Receipt = message.Fields?.NewReceipt(Server.Broker.Context);
        base.Handle(exchange, body);
    }

    private void Repeat(HttpExchange exchange, PublishAnswer? earlier)
    {
        if (earlier is { } answer)
            answer.Write(exchange.Answers, exchange.Message, exchange.Headers());
        else
            Refuse(exchange, 409, PublishRefusals.KeyIsUnderWay, PublishRefusals.RetryAfter);
    }

    private bool TryReadTerms(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> mistake = PublishTermsFields.Read(exchange.Head, head, out PublishTermsFields fields);
        exchange.Message.Fields = fields;
        return mistake.IsEmpty || Refuse(exchange, 400, mistake);
    }

    /// <returns>False when it is answered: a name is bad, or one too many.</returns>
    private bool TryAddRecipients(HttpExchange exchange, ReadOnlySpan<byte> field, ReadOnlySpan<byte> names)
    {
        bool isTopic = System.Text.Ascii.EqualsIgnoreCase(field, "topic"u8);
        if (!isTopic && !System.Text.Ascii.EqualsIgnoreCase(field, "token"u8))
            return true;
        if (names.IsEmpty)
            return RefuseName(exchange, isTopic);
        foreach (ReadOnlySpan<byte> name in new NameElements(names))
        {
            if (!(isTopic ? TopicName.IsValid(name) : AuthInfo.IsValid(name)))
                return RefuseName(exchange, isTopic);
            exchange.Message.Request.Recipients.Add(name, isTopic);
            if (exchange.Message.Request.Recipients.Count > BatchLine.MaxRecipients)
                return Refuse(exchange, 400, "too many recipients: send at most 64 in one request, or use /v1/publish/batch"u8);
        }
        return true;
    }

    private bool RefuseName(HttpExchange exchange, bool isTopic) => Refuse(exchange, 400, isTopic
        ? "bad Topic header: send 1 to 512 bytes of UTF-8 without white space or control characters, neither - nor *"u8
        : "bad Token header: send 1 to 512 bytes of UTF-8 without white space or control characters"u8);
}
