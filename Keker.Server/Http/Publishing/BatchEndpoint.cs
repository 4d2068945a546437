using System.Buffers;
using System.Text;
using Keker.Protocol.Http;
using Keker.Protocol.Json;
using Keker.Server.Broker;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Http.Publishing;

/// <summary>`POST /v1/publish/batch`: a message on every line, published as it arrives and answered with a line.</summary>
internal sealed class BatchEndpoint(ServerContext server) : PublishingEndpoint(server)
{
    /// <summary>What the parser keeps is as long as the longest line; after one over this it begins anew.</summary>
    private const int LongLine = 64 << 10;

    public override ReadOnlySpan<byte> Allow => "POST"u8;

    public override bool StreamsBody => true;

    public override bool Allows(RequestMethod method) => method == RequestMethod.Post;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> refusal = PublishRefusals.Now(Server);
        if (!refusal.IsEmpty)
            return Refuse(exchange, 503, refusal, PublishRefusals.RetryAfter);
        if (!ContentCoding.IsIdentity(exchange.Head, head))
            return Refuse(exchange, 415, PublishRefusals.CodedBody);
        if (WaitPreference.Read(exchange.Head, head, out _) != FieldStatus.Absent)
            return Refuse(exchange, 400, "a batch does not wait for confirmations: leave Prefer: wait out, or publish alone what has to wait"u8);
        for (int i = 0; i < exchange.Head.FieldCount; i++)
        {
            ReadOnlySpan<byte> name = exchange.Head.NameAt(i).In(head);
            if (LineMembers.IsOne(name) || Ascii.EqualsIgnoreCase(name, "idempotency-key"u8))
                return Refuse(exchange, 400, "each line of a batch says it for itself: send token, topic, ttl, collapse_key and idempotency_key there, not as headers"u8);
        }
        exchange.Batch = new BatchState(exchange.Head, Server.Options.WriteBuffer, Server.Input.Budget);
        return true;
    }

    public override bool TryReadStream(HttpExchange exchange, ref ReadOnlySequence<byte> input)
    {
        BatchState batch = exchange.Batch!;
        while (!exchange.IsHeldUp)
        {
            if (batch.Answers.Length >= Limits.PipelinedAnswerBytes || exchange.HasEnough)
            {
                batch.Seal(exchange);
                return true;
            }
            LineStatus status = batch.ReadLine(ref input, out ReadOnlySpan<byte> line);
            if (status == LineStatus.Complete)
                Publish(exchange, line);
            else if (status == LineStatus.TooLong)
                Refusal.WriteLine(batch.Answers, Server, 413, "line too long: send less, or raise --write-buffer"u8);
            else
                return TryEnd(exchange, batch);
        }
        batch.Seal(exchange);
        return true;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();

    protected override void RefuseMessage(HttpExchange exchange, int status, ReadOnlySpan<byte> reason)
    {
        Refusal.WriteLine(exchange.Batch!.Answers, Server, status, reason);
        exchange.Message.Clear();
    }

    protected override void Conclude(HttpExchange exchange, PublishAnswer answer)
    {
        exchange.Message.Idempotent?.Complete(answer);
        answer.WriteLine(exchange.Batch!.Answers, exchange.Message.Request.Recipients);
        exchange.Message.Clear();
    }

    /// <returns>False when the body goes on.</returns>
    private bool TryEnd(HttpExchange exchange, BatchState batch)
    {
        if (batch.Failure != HttpFailure.None)
        {
            Refusal.Write(exchange, Server, batch.Failure);
        }
        else if (batch.IsOver)
        {
            exchange.HasReadBody = true;
            batch.Finish(exchange);
        }
        else
        {
            batch.Seal(exchange);
            exchange.IsStarved = batch.IsStarved;
            return false;
        }
        exchange.EndRequest();
        return true;
    }

    private void Publish(HttpExchange exchange, ReadOnlySpan<byte> line)
    {
        if (line.Trim(" \t\r"u8).IsEmpty)
            return;
        BatchState batch = exchange.Batch!;
        BatchLine parsed = batch.Line;
        ReadOnlySpan<byte> refusal = PublishRefusals.Now(Server);
        if (!refusal.IsEmpty)
            Refusal.WriteLine(batch.Answers, Server, 503, refusal);
        else if (parsed.Parse(line) != BatchLineStatus.Ok)
            Refusal.WriteLine(batch.Answers, Server, 400, parsed.Mistake);
        else
            Publish(exchange, parsed);
        if (line.Length > LongLine)
            batch.Line = new BatchLine();
    }

    private void Publish(HttpExchange exchange, BatchLine line)
    {
        BatchState batch = exchange.Batch!;
        PublishState message = exchange.Message;
        LineMembers.AddRecipients(message.Request.Recipients, line);
        if (!IsAllowed(exchange))
        {
            message.Clear();
            return;
        }
        try
        {
            message.Request.Publication = Publication.Create(line.Body, line.IsBinary);
        }
        catch (OutOfMemoryException)
        {
            RefuseMessage(exchange, PublishRefusals.ShortOfMemory);
            return;
        }
        message.Request.Terms = LineMembers.TermsOf(line);
        if (IsRepetition(batch, message, line.IdempotencyKey))
        {
            message.Clear();
            return;
        }
        message.Request.Publication!.Key = message.Idempotent?.Key;
        TryPublish(exchange);
    }

    /// <summary>Each line for itself: a batch may have no end, and its token has one.</summary>
    /// <returns>False when the line is answered.</returns>
    private bool IsAllowed(HttpExchange exchange)
    {
        if (exchange.Publisher?.Grant is not { } grant)
            return true;
        bool hasEnded = grant.EndsAt <= Server.Access!.Now;
        if (!hasEnded && MayPublish(exchange))
            return true;
        if (hasEnded)
            Server.Access.Refused(RefusalReason.Expired, "publish");
        Refusal.WriteLine(exchange.Batch!.Answers, Server, hasEnded ? 401 : 403, hasEnded ? PublishRefusals.Expired : PublishRefusals.NotAllowed);
        return false;
    }

    /// <returns>True when a message with its key is known: it is answered.</returns>
    private bool IsRepetition(BatchState batch, PublishState message, ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
            return false;
        message.Idempotent = Server.Idempotency.TryBegin(key.ToArray(), out PublishAnswer? earlier);
        if (message.Idempotent is not null)
            return false;
        if (earlier is { } answer)
            answer.WriteLine(batch.Answers, message.Request.Recipients);
        else
            Refusal.WriteLine(batch.Answers, Server, 409, PublishRefusals.KeyIsUnderWay);
        return true;
    }
}
