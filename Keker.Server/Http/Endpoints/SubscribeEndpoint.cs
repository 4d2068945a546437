using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;
using Keker.Server.Observability;

namespace Keker.Server.Http.Endpoints;

/// <summary>`GET /v1/subscribe`: a page becomes a subscriber, over a WebSocket or, where it asks for one, over an event stream.</summary>
internal sealed class SubscribeEndpoint(ServerContext server) : HandshakeEndpoint(server)
{
    protected override UpgradeKind Kind => UpgradeKind.Subscribe;

    protected override bool HasSubProtocol => true;

    public override ReadOnlySpan<byte> Allow => "GET, OPTIONS"u8;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Options;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (exchange.Head.Method == RequestMethod.Options)
            return AnswerPreflight(exchange, head);
        if (HandshakeRequest.IsAskedFor(exchange.Head, head) || !AcceptField.NamesEventStream(exchange.Head, head))
            return base.TryAccept(exchange, head);
        if (!IsWelcomeOrigin(exchange, head))
            return false;

        // A page, and who looks for its mistake in the browser, is to see what is wrong, not that the answer is not for it.
        exchange.MoreLines = OriginLines.For(exchange.Head, head, anyOrigin: Server.Options.AllowedOrigins.IsEmpty).ToArray();
        EventStreamRequest? request = EventStreamRequest.Read(exchange.Head, head, isChecked: Server.Access is not null, out ReadOnlySpan<byte> mistake);
        if (request is null)
            return Refuse(exchange, 400, mistake);
        if (request.Token is { } token && Server.Presence.Refuses(token))
            return Refuse(exchange, 403, LoggedOut);
        if (!TakesAnybody(exchange))
            return false;
        if (Server.Access is { } access && request.Token is null)
        {
            access.Refused(RefusalReason.Malformed, "event stream");
            return Refuse(exchange, 401, "a token is needed: send ?token= or Authorization: Bearer"u8);
        }
        foreach (byte[] _ in request.Topics)
        {
            if (!Server.HasMemoryForSubscription())
                return Refuse(exchange, 503, ShortOfMemory, RetryAfterMemory);
        }
        if (!TakesFrom(exchange, head))
            return false;
        byte[] answer = EventStreamHead.Of(exchange);
        exchange.Upgrade = new Upgrade(UpgradeKind.EventStream, EventStream: request, Head: answer, OriginLines: exchange.MoreLines, Visitor: VisitorOf(exchange, head));
        return false;
    }

    /// <summary>A browser asks before a page may send other fields than its own across origins (WHATWG Fetch 4.8), as polyfills of EventSource do.</summary>
    private bool AnswerPreflight(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (!IsWelcomeOrigin(exchange, head))
            return false;
        ReadOnlySpan<byte> lines =
        [
            .. OriginLines.For(exchange.Head, head, anyOrigin: Server.Options.AllowedOrigins.IsEmpty),
            .. "Access-Control-Allow-Methods: GET\r\nAccess-Control-Allow-Headers: last-event-id, cache-control, authorization\r\nAccess-Control-Max-Age: 7200\r\n"u8,
        ];
        ResponseWriter.WriteNoContent(exchange.Answers, exchange.Headers(allow: Allow) with { MoreLines = lines });
        return false;
    }
}
