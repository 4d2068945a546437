using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Broker;

namespace Keker.Server.Http.Publishing;

/// <summary>What publish and broadcast share: a body becomes one message.</summary>
internal abstract class MessageEndpoint(ServerContext server) : PublishingEndpoint(server)
{
    public override ReadOnlySpan<byte> Allow => AllowWrite;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Put or RequestMethod.Post;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> refusal = PublishRefusals.Now(Server);
        if (!refusal.IsEmpty)
            return Refuse(exchange, 503, refusal, PublishRefusals.RetryAfter);
        if (!ContentCoding.IsIdentity(exchange.Head, head))
            return Refuse(exchange, 415, PublishRefusals.CodedBody);
        if (exchange.Head.ContentLength > Server.Options.WriteBuffer)
            return Refuse(exchange, 413, HttpFailure.BodyTooLarge.Message());
        exchange.Message.IsBinary = exchange.Head.TryGet(head, "content-type"u8, out Slice type) && IsOctetStream(type.In(head));
        return true;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        try
        {
            exchange.Message.Request.Publication = Publication.Create(body, exchange.Message.IsBinary);
        }
        catch (OutOfMemoryException)
        {
            // No array of that size is to be had, and nothing has happened yet: one publish fails, not the server.
            RefuseMessage(exchange, PublishRefusals.ShortOfMemory);
            return;
        }
        TryPublish(exchange);
    }

    protected override void RefuseMessage(HttpExchange exchange, ReadOnlySpan<byte> reason) => Refuse(exchange, 503, reason, PublishRefusals.RetryAfter);

    protected override void Conclude(HttpExchange exchange, PublishAnswer answer)
    {
        exchange.Message.Idempotent?.Complete(answer);
        answer.Write(exchange.Answers, exchange.Message, exchange.Headers());
    }

    /// <summary>The media type without its parameters (RFC 9110 8.3.1).</summary>
    private static bool IsOctetStream(ReadOnlySpan<byte> contentType)
    {
        int end = contentType.IndexOf((byte)';');
        ReadOnlySpan<byte> type = (end < 0 ? contentType : contentType[..end]).TrimEnd(" \t"u8);
        return System.Text.Ascii.EqualsIgnoreCase(type, "application/octet-stream"u8);
    }
}
