using Keker.Protocol.Http;
using Keker.Protocol.Tokens;
using Keker.Server.Access;
using Keker.Server.Http.Endpoints;
using Keker.Server.Observability;
using Keker.Server.Rates;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Http.Publishing;

/// <summary>Who may do what only backends and operators may: whoever shows a publish key, or, where signed tokens are checked, one that says to whom it may publish. Thread-safe.</summary>
internal sealed class PublisherCheck(ServerContext server)
{
    /// <summary>Finds out what a signed token is worth that a request shows in place of a key.</summary>
    /// <param name="exchange">The request; gets what came out, or what is to be waited for.</param>
    /// <param name="endpoint">Who is to answer; null for nobody.</param>
    /// <param name="head">The bytes of the head.</param>
    /// <returns>False when it has to be waited for: the head is to be read again then.</returns>
    public bool TryKnow(HttpExchange exchange, Endpoint? endpoint, ReadOnlySpan<byte> head)
    {
        // Whatever has become of the keys meanwhile: what came out is for this request and for no later one.
        Task<Decision>? asked = exchange.AskedPublisher;
        exchange.AskedPublisher = null;
        if (server.Access is not { HasKeys: true } access || endpoint is not { IsPrivileged: true })
            return true;
        ReadOnlySpan<byte> shown = BearerField.Find(exchange.Head, head);
        if (shown.IsEmpty || server.PublishKeys.IsKey(shown) || !SignedToken.HasForm(shown))
            return true;
        if (asked is not null)
        {
            exchange.Publisher = asked.IsCompletedSuccessfully ? asked.Result : Decision.Refuse(RefusalReason.Undecided);
            return true;
        }
        ValueTask<Decision> decision = access.CheckPublisherAsync(shown);
        if (!decision.IsCompletedSuccessfully)
        {
            exchange.AskedPublisher = decision.AsTask();
            return false;
        }
        exchange.Publisher = decision.Result;
        return true;
    }

    /// <summary>Whether a request may do what is not for pages; if not, it is answered.</summary>
    public bool Allows(HttpExchange exchange, Endpoint endpoint, ReadOnlySpan<byte> head)
    {
        ulong? address = server.Guesses is not null || server.PublishRate is not null ? server.Proxies.FindAddress(exchange.Connection, exchange.Head, head) : null;
        bool isOpen = server.PublishKeys.IsOpen && exchange.Publisher is null;
        if (!isOpen && server.Guesses?.IsRefused(address) is true)
        {
            server.Counters.RateLimited.Increment();
            return Refuse(exchange, 429, "too many wrong keys from this address: try again in a minute"u8, GuessRate.Minute);
        }
        if (exchange.Publisher is { } publisher ? !Allows(exchange, endpoint, publisher) : !ShowsKey(exchange, head))
        {
            if (exchange.Publisher?.Reason.IsGuess() ?? !isOpen && !BearerField.Find(exchange.Head, head).IsEmpty)
                server.Guesses?.NoteWrong(address);
            return false;
        }
        if (!isOpen && exchange.Publisher is null && server.Log.IsEnabled(LogLevel.Debug))
            server.Log.KeyUsed(LogText.Key(BearerField.Find(exchange.Head, head)));
        exchange.Bucket = server.PublishRate?.Find(PublisherOf(exchange, head, address, isOpen));
        return true;
    }

    private bool ShowsKey(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (server.PublishKeys.IsOpen && !PageRequest.MayGoOn(exchange.Head, head, mayWrite: exchange.Connection.IsAdmin))
            return Refuse(exchange, 403, "pages may not do this without a key: any site could, through its visitors"u8);
        return server.PublishKeys.Passes(exchange.Head, head)
            || Refuse(exchange, 401, "a key is needed: send Authorization: Bearer KEY with a key of --publish-key"u8);
    }

    /// <summary>Whose rate counts: that of the key, or of whom a token is for; where neither is needed, that of the address.</summary>
    private static UInt128 PublisherOf(HttpExchange exchange, ReadOnlySpan<byte> head, ulong? address, bool isOpen)
    {
        if (isOpen)
            return address ?? 0;
        ReadOnlySpan<byte> word = exchange.Publisher?.Grant is { Token.Length: > 0 } grant ? grant.Token : BearerField.Find(exchange.Head, head);
        return VerifiedTokens.HashOf(word);
    }

    private bool Allows(HttpExchange exchange, Endpoint endpoint, Decision publisher)
    {
        if (publisher.Grant is null)
        {
            server.Access!.Refused(publisher.Reason, "publisher");
            return publisher.Reason == RefusalReason.Undecided
                ? Refuse(exchange, 503, "the token cannot be checked now: try again later"u8, PublishRefusals.RetryAfter)
                : Refuse(exchange, 401, "the token is not valid: get a fresh one"u8);
        }
        if (endpoint is PublishingEndpoint)
            return true;
        server.Access!.Refused(RefusalReason.Publish, "publisher");
        return Refuse(exchange, 403, "a token publishes and does nothing else: send Authorization: Bearer KEY with a key of --publish-key"u8);
    }

    private bool Refuse(HttpExchange exchange, int status, ReadOnlySpan<byte> message, int retryAfter = 0)
    {
        Refusal.Write(exchange, server, status, message, retryAfter);
        return false;
    }
}
