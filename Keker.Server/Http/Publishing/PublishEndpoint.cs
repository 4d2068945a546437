using System.Buffers;
using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Protocol.Json;
using Keker.Server.Broker;
using Keker.Server.Options;

namespace Keker.Server.Http.Publishing;

/// <summary>
/// `PUT` or `POST /v1/publish`: one message for every session of the tokens and the topics in its `Token` and `Topic` headers, which may be repeated and
/// hold lists. Or in the members of its body, one JSON object as on a line of a batch, for clients that cannot repeat headers.
/// </summary>
internal sealed class PublishEndpoint(ServerContext server) : MessageEndpoint(server)
{
    private static ReadOnlySpan<byte> ObjectType => "application/vnd.keker+json"u8;

    /// <summary>The bound of a publish is for its data. That is looked at once it is known; until then the JSON may have what JSON can make of it.</summary>
    public override int MostBodyBytes(HttpExchange exchange) => exchange.Message.IsObject
        ? Limits.JsonBytesPerByte * Server.Options.WriteBuffer + Limits.JsonMemberBytes
        : Server.Options.WriteBuffer;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        bool isObject = HasType(exchange, head, ObjectType);
        bool asksForMore = false;
        for (int i = 0; i < exchange.Head.FieldCount; i++)
        {
            ReadOnlySpan<byte> name = exchange.Head.NameAt(i).In(head);
            if (isObject && LineMembers.IsOne(name))
                return Refuse(exchange, 400, "the JSON says it: give token, topic, ttl and collapse_key as members there, not as headers"u8);
            if (name.Length == "token".Length && !TryAddRecipients(exchange, name, exchange.Head.ValueAt(i).In(head)))
                return false;
            asksForMore |= PublishTermsFields.IsOne(name);
        }
        exchange.Message.IsObject = isObject;
        if (!isObject && exchange.Message.Request.Recipients.Count == 0)
            return Refuse(exchange, 400, "no Token header and no Topic header: send Token: <AUTH_INFO>, the word the recipient says in its HELLO"u8);
        if (!MayPublish(exchange))
            return Refuse(exchange, 403, PublishRefusals.NotAllowed);
        return (!asksForMore || TryReadTerms(exchange, head)) && base.TryAccept(exchange, head);
    }

    protected override bool TryRead(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        if (exchange.Message.IsObject)
            return TryReadObject(exchange, body);
        PublishState message = exchange.Message;
        message.Request.Terms = message.Fields?.Terms;
        return TryBegin(exchange, message.Fields?.IdempotencyKey) && base.TryRead(exchange, body);
    }

    private bool TryReadObject(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        PublishState message = exchange.Message;
        var line = new BatchLine();
        if (line.Parse(body.IsSingleSegment ? body.FirstSpan : body.ToArray()) != BatchLineStatus.Ok)
            return Refuse(exchange, 400, line.Mistake);
        if (line.Body.Length > Server.Options.WriteBuffer)
            return Refuse(exchange, 413, HttpFailure.BodyTooLarge.Message());
        byte[]? key = message.Fields?.IdempotencyKey;
        if (key is not null && !line.IdempotencyKey.IsEmpty && !line.IdempotencyKey.SequenceEqual(key))
            return Refuse(exchange, 400, "two keys: give the Idempotency-Key header or idempotency_key, or the same in both"u8);
        LineMembers.AddRecipients(message.Request.Recipients, line);
        if (!MayPublish(exchange))
            return Refuse(exchange, 403, PublishRefusals.NotAllowed);
        message.Request.Terms = LineMembers.TermsOf(line);
        if (!TryBegin(exchange, line.IdempotencyKey.IsEmpty ? key : line.IdempotencyKey.ToArray()))
            return false;
        message.Request.Publication = Publication.Create(line.Body, line.IsBinary);
        return true;
    }

    /// <returns>False when it is answered: it is a repetition, or would wait with too many others.</returns>
    private bool TryBegin(HttpExchange exchange, byte[]? key)
    {
        PublishState message = exchange.Message;
        if (message.Fields is { Wait: > 0 } && Server.Broker.Context.Waits.IsFull)
            return Refuse(exchange, 503, PublishRefusals.TooManyReceipts, PublishRefusals.RetryAfter);
        if (key is not null)
        {
            message.Idempotent = Server.Idempotency.TryBegin(key, out PublishAnswer? answer);
            if (message.Idempotent is null)
            {
                Repeat(exchange, answer);
                return false;
            }
        }
        message.Request.Receipt = message.Fields?.NewReceipt(Server.Broker.Context);
        return true;
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
