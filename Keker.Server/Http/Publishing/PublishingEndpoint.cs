using Keker.Server.Broker;
using Keker.Server.Http.Endpoints;
using Keker.Server.Observability;

namespace Keker.Server.Http.Publishing;

/// <summary>What all share that publish: a message is published, or waits while what follows is read, or is refused.</summary>
internal abstract class PublishingEndpoint(ServerContext server) : Endpoint(server)
{
    public override bool IsPrivileged => true;

    public override bool TakesBody => true;

    public override void Resume(HttpExchange exchange) => TryPublish(exchange);

    /// <summary>Publishes the message of the exchange. Where it has to wait, its answer gets its place; where it may not overtake another, it is held up.</summary>
    protected void TryPublish(HttpExchange exchange)
    {
        PublishRequest request = exchange.Message.Request;
        if (!exchange.Message.IsCounted && !TryCount(exchange))
            return;
        exchange.IsHeldUp = exchange.FindBefore() is not null;
        if (exchange.IsHeldUp)
            return;
        PublishResult result = Server.Broker.Publish(request, exchange.Dirty);
        if (result.Outcome == PublishOutcome.NoRoom)
        {
            if (result.Full!.WaitForRoom() is { } room)
                exchange.Defer(Server, room);
            else
                RefuseMessage(exchange, PublishRefusals.TooManyWait(othersHaveIt: request.Done > 0));
        }
        else if (result.Outcome == PublishOutcome.OutOfMemory)
        {
            RefuseMessage(exchange, PublishRefusals.TooMuchWaits);
        }
        else if (request.Receipt is { Sessions: > 0 } receipt)
        {
            receipt.Begin();
            exchange.Defer(Server, room: null);
        }
        else
        {
            Conclude(exchange, PublishAnswer.To(exchange.Message));
        }
    }

    /// <summary>Counts the message, once, where publishers have a rate.</summary>
    /// <returns>False when that is used up: the message is refused.</returns>
    private bool TryCount(HttpExchange exchange)
    {
        exchange.Message.IsCounted = true;
        if (exchange.Bucket is not { } bucket || Server.PublishRate!.TryTake(bucket))
            return true;
        Server.Counters.RateLimited.Increment();
        RefuseMessage(exchange, 429, PublishRefusals.TooFast);
        return false;
    }

    /// <summary>Whether the publisher has a right to all recipients; if not, it is counted.</summary>
    protected bool MayPublish(HttpExchange exchange)
    {
        if (exchange.MayPublish is not { } patterns)
            return true;
        Recipients recipients = exchange.Message.Request.Recipients;
        for (int i = 0; i < recipients.Count; i++)
        {
            if (!patterns.Allows(recipients.Name(i), recipients.IsTopic(i)))
                return NoteRefused();
        }
        return true;
    }

    /// <summary>Counts a publisher that has no right.</summary>
    /// <returns>False.</returns>
    protected bool NoteRefused()
    {
        Server.Access!.Refused(RefusalReason.Publish, "publish");
        return false;
    }

    /// <summary>The message is refused with 503; the connection goes on.</summary>
    protected void RefuseMessage(HttpExchange exchange, ReadOnlySpan<byte> reason) => RefuseMessage(exchange, 503, reason);

    /// <summary>The message is refused for now; the connection goes on.</summary>
    protected abstract void RefuseMessage(HttpExchange exchange, int status, ReadOnlySpan<byte> reason);

    /// <summary>The message is published: it is answered.</summary>
    protected abstract void Conclude(HttpExchange exchange, PublishAnswer answer);
}
