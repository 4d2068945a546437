using System.Buffers;
using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Server.Broker;

namespace Keker.Server.Http;

/// <summary>`PUT` or `POST /v1/publish`: one message for every session of the tokens and the topics in its `Token` and `Topic` headers.</summary>
internal sealed class PublishEndpoint(ServerContext server) : MessageEndpoint(server)
{
    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        bool asksForMore = false;
        for (int i = 0; i < exchange.Head.FieldCount; i++)
        {
            ReadOnlySpan<byte> name = exchange.Head.NameAt(i).In(head);
            if (name.Length == "token".Length && !TryAddRecipient(exchange, name, exchange.Head.ValueAt(i).In(head)))
                return false;
            asksForMore |= PublishTermsFields.IsOne(name);
        }
        if (exchange.Message.Recipients.Count == 0)
            return Refuse(exchange, 400, "no Token header and no Topic header: send Token: <AUTH_INFO>, the word the recipient says in its HELLO"u8);
        return (!asksForMore || TryReadTerms(exchange, head)) && base.TryAccept(exchange, head);
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        exchange.Message.Terms = exchange.Message.Fields?.Terms(Server.Broker.Context);
        base.Handle(exchange, body);
    }

    public override void Resume(HttpExchange exchange)
    {
        if (exchange.Message.Receipt is not { } receipt)
            base.Resume(exchange);
        else if (receipt.HasEnded)
            AnswerReceipt(exchange);
    }

    /// <summary>To one recipient after the other; where one has no room, it goes on with that one once there is.</summary>
    protected override PublishResult Publish(HttpExchange exchange, Publication publication)
    {
        MessageUnderWay message = exchange.Message;
        for (; message.Done < message.Recipients.Count; message.Done++)
        {
            PublishResult result = PublishTo(exchange, publication);
            if (result.Outcome is PublishOutcome.NoRoom or PublishOutcome.OutOfMemory)
                return result;
            message.Sessions += result.Sessions;
            message.Cached += result.Outcome == PublishOutcome.Cached ? 1 : 0;
        }
        return new PublishResult(PublishOutcome.Published);
    }

    protected override void Answer(HttpExchange exchange, PublishResult result)
    {
        MessageUnderWay message = exchange.Message;
        if (message.Terms?.Receipt is { Sessions: > 0 } receipt)
        {
            receipt.Begin();
            message.Receipt = receipt;
            return;
        }
        if (message.Sessions > 0)
            JsonAnswers.WritePublished(exchange.Answers, message.Sessions, message.Cached, exchange.Headers());
        else if (message.Cached > 0 && message.Terms?.TimeToLive is not null)
            JsonAnswers.WriteStored(exchange.Answers, AddresseeOf(message), message.Recipients.Name(0), message.Cached, exchange.Headers());
        else
            JsonAnswers.WriteRecipientNotFound(exchange.Answers, AddresseeOf(message), message.Recipients.Name(0), message.Cached, exchange.Headers());
    }

    private static void AnswerReceipt(HttpExchange exchange)
    {
        MessageUnderWay message = exchange.Message;
        ReceiptCounts counts = message.Receipt!.Counts;
        var receipt = new Protocol.Http.Receipt(message.Receipt.Sessions, counts.Received, counts.Pending, message.Cached + counts.Kept);
        message.Receipt = null;
        JsonAnswers.WriteReceipt(exchange.Answers, receipt, exchange.Headers(appliedWaitSeconds: message.Fields!.Wait));
    }

    private bool TryReadTerms(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> mistake = PublishTermsFields.Read(exchange.Head, head, out PublishTermsFields fields);
        exchange.Message.Fields = fields;
        return mistake.IsEmpty || Refuse(exchange, 400, mistake);
    }

    private static Addressee AddresseeOf(MessageUnderWay message) =>
        message.Recipients.Count > 1 ? Addressee.Several :
        message.Recipients.IsTopic(0) ? Addressee.Topic :
        Addressee.Token;

    /// <returns>False when it is answered: the name is bad.</returns>
    private bool TryAddRecipient(HttpExchange exchange, ReadOnlySpan<byte> field, ReadOnlySpan<byte> name)
    {
        bool isTopic = System.Text.Ascii.EqualsIgnoreCase(field, "topic"u8);
        if (!isTopic && !System.Text.Ascii.EqualsIgnoreCase(field, "token"u8))
            return true;
        if (isTopic && !TopicName.IsValid(name))
        {
            return Refuse(
                exchange, 400, "bad Topic header: send 1 to 512 bytes of UTF-8 without white space or control characters, neither - nor *"u8);
        }
        if (!isTopic && !AuthInfo.IsValid(name))
            return Refuse(exchange, 400, "bad Token header: send 1 to 512 bytes of UTF-8 without white space or control characters"u8);
        exchange.Message.Recipients.Add(name, isTopic);
        return true;
    }

    private PublishResult PublishTo(HttpExchange exchange, Publication publication)
    {
        MessageUnderWay message = exchange.Message;
        ReadOnlySpan<byte> name = message.Recipients.Name(message.Done);
        bool isBegun = message.Done > 0;
        return message.Recipients.IsTopic(message.Done)
            ? Server.Broker.PublishToTopic(name, publication, exchange.Dirty, message.Terms, isBegun)
            : Server.Broker.Publish(name, publication, exchange.Dirty, message.Terms, isBegun);
    }
}
