using System.Buffers;
using System.Text;
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
        if (exchange.Head.ContentLength > MostBodyBytes(exchange))
            return Refuse(exchange, 413, HttpFailure.BodyTooLarge.Message());
        exchange.Message.IsBinary = HasType(exchange, head, "application/octet-stream"u8);
        return true;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        try
        {
            if (!TryRead(exchange, body))
                return;
        }
        catch (OutOfMemoryException)
        {
            // No array of that size is to be had, and nothing has happened yet: one publish fails, not the server.
            RefuseMessage(exchange, PublishRefusals.ShortOfMemory);
            return;
        }
        exchange.Message.Request.Publication!.Key = exchange.Message.Idempotent?.Key;
        TryPublish(exchange);
    }

    protected override void RefuseMessage(HttpExchange exchange, int status, ReadOnlySpan<byte> reason)
    {
        // As the draft of the IETF has these fields: so many a second, none left, more in a second.
        if (status == 429)
            exchange.MoreLines = Encoding.ASCII.GetBytes($"RateLimit-Policy: \"publish\";q={Server.PublishRate!.PerSecond};w=1\r\nRateLimit: \"publish\";r=0;t=1\r\n");
        Refuse(exchange, status, reason, PublishRefusals.RetryAfter);
    }

    protected override void Conclude(HttpExchange exchange, PublishAnswer answer)
    {
        exchange.Message.Idempotent?.Complete(answer);
        answer.Write(exchange.Answers, exchange.Message, exchange.Headers());
    }

    /// <summary>Makes the message of a body.</summary>
    /// <returns>False when the request is answered.</returns>
    protected virtual bool TryRead(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        exchange.Message.Request.Publication = Publication.Create(body, exchange.Message.IsBinary);
        return true;
    }

    /// <summary>Whether the body is said to be of a media type, whatever its parameters (RFC 9110 8.3.1).</summary>
    protected static bool HasType(HttpExchange exchange, ReadOnlySpan<byte> head, ReadOnlySpan<byte> lowerCaseType)
    {
        if (!exchange.Head.TryGet(head, "content-type"u8, out Slice field))
            return false;
        ReadOnlySpan<byte> value = field.In(head);
        int end = value.IndexOf((byte)';');
        return System.Text.Ascii.EqualsIgnoreCase((end < 0 ? value : value[..end]).TrimEnd(" \t"u8), lowerCaseType);
    }
}
