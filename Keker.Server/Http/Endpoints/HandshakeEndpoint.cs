using System.Buffers;
using System.Text;
using Keker.Protocol.Deflate;
using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;
using Keker.Server.Access;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Server.Rates;

namespace Keker.Server.Http.Endpoints;

/// <summary>What all WebSocket routes share: the opening handshake (RFC 6455 4.2), the origin policy and the offer of compression (RFC 7692).</summary>
internal abstract class HandshakeEndpoint(ServerContext server) : Endpoint(server)
{
    /// <summary>Seconds: memory comes back when somebody leaves.</summary>
    protected const int RetryAfterMemory = 5;

    /// <summary>What an event stream is told whose token is refused for a time.</summary>
    public static ReadOnlySpan<byte> LoggedOut => "logged out: do not try again"u8;

    protected static ReadOnlySpan<byte> ShortOfMemory => "the server is short of memory: connect again later"u8;

    private readonly byte[][] _allowedOrigins = [.. server.Options.AllowedOrigins.Select(Encoding.ASCII.GetBytes)];

    public override ReadOnlySpan<byte> Allow => "GET"u8;

    /// <summary>What the connection becomes.</summary>
    protected abstract UpgradeKind Kind { get; }

    /// <summary>Whether the route knows the sub-protocol with ids.</summary>
    protected virtual bool HasSubProtocol => false;

    public override bool Allows(RequestMethod method) => method == RequestMethod.Get;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        HandshakeRequest.Result result = HandshakeRequest.Evaluate(exchange.Head, head, out Slice key);
        if (result != HandshakeRequest.Result.Accept)
            return Refuse(exchange, result.Status(), result.Message(), offerWebSocket: result.Status() == 426);
        if (!IsWelcome(exchange, head) || !TakesFrom(exchange, head))
            return false;
        ReadOnlySpan<byte> subProtocol = HasSubProtocol ? SubProtocol.Choose(exchange.Head, head) : default;

        // Tagged messages are put together for each topic and are not deflated.
        DeflateOffer offer = Server.Options.Compression && subProtocol.IsEmpty ? DeflateOffer.Judge(HandshakeRequest.Extensions(exchange.Head, head), head) : default;
        ReadOnlySpan<byte> extensions = offer.Answer;
        Span<byte> response = exchange.Answers.GetSpan(UpgradeResponse.Length(subProtocol.Length, extensions.Length));
        exchange.Answers.Advance(UpgradeResponse.Write(response, key.In(head), subProtocol, extensions));
        exchange.Upgrade = new Upgrade(Kind, offer.WindowBits, Tagged: !subProtocol.IsEmpty, Visitor: VisitorOf(exchange, head));
        return false;
    }

    /// <summary>Whether this page may subscribe, and the server takes anybody in now; if not, the request is answered.</summary>
    private bool IsWelcome(HttpExchange exchange, ReadOnlySpan<byte> head) => IsWelcomeOrigin(exchange, head) && TakesAnybody(exchange);

    /// <summary>Whether the server takes anybody in now; if not, the request is answered.</summary>
    protected bool TakesAnybody(HttpExchange exchange)
    {
        if (Server.IsDraining)
            return Refuse(exchange, 503, "the server is draining: connect again after a random delay"u8, retryAfterSeconds: 1);
        if (Server.Memory.Pressure != MemoryPressure.None)
            return Refuse(exchange, 503, ShortOfMemory, RetryAfterMemory);
        return true;
    }

    /// <summary>
    /// The connection is the client's from now on, as a trusted proxy tells: it is taken in, and no other request comes over it. Whether the client has connections
    /// left; if not, the request is answered.
    /// </summary>
    protected bool TakesFrom(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        Connection connection = exchange.Connection;
        connection.Mark = ClientMark.Of(connection, exchange.Head, head);
        byte[]? client = Server.Proxies.FindClient(connection, exchange.Head, head, out bool isContradictory);
        if (Server.Guesses?.IsRefused(client is null ? AddressKey.Of(connection) : AddressKey.Of(client)) is true)
        {
            Server.Counters.RateLimited.Increment();
            return Refuse(exchange, 429, "too many wrong tokens from this address: try again in a minute"u8, GuessRate.Minute);
        }
        if (exchange.Head.TryGet(head, "user-agent"u8, out Slice agent))
            connection.UserAgent = Server.Presence.Agents.Find(agent.In(head));

        // Who adds a field of its own, so that no address is believed, counts for the proxy's: else nobody would count it.
        if (client is null && !isContradictory)
            return true;
        byte[]? earlier = connection.Client;
        connection.Client = client ?? earlier;
        if (Server.Connections.TryRecount(connection))
            return true;
        connection.Client = earlier;
        return Refuse(exchange, 503, "too many connections from this address: try again later"u8, RetryAfterMemory);
    }

    /// <summary>Whether this page may subscribe; if not, the request is answered.</summary>
    protected bool IsWelcomeOrigin(HttpExchange exchange, ReadOnlySpan<byte> head) =>
        IsAllowedOrigin(exchange, head) || Refuse(exchange, 403, "pages of this origin may not subscribe: add it with --allow-origin"u8);

    /// <summary>Who has connected; null where nobody asks.</summary>
    protected Visitor? VisitorOf(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (Server.Access is not { WantsVisitor: true })
            return null;
        Span<byte> address = stackalloc byte[16];
        address = address[..exchange.Connection.WriteAddress(address)];
        return new Visitor(address.ToArray(), TextOf(exchange, head, "origin"u8), TextOf(exchange, head, "user-agent"u8));
    }

    /// <summary>The value of a field, whole; the one copy that all share who say the same, where there is one.</summary>
    private byte[]? TextOf(HttpExchange exchange, ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        if (!exchange.Head.TryGet(head, name, out Slice slice))
            return null;
        ReadOnlySpan<byte> value = slice.In(head);
        byte[]? shared = Server.Presence.Agents.Find(value);
        return shared.AsSpan().SequenceEqual(value) && shared is not null ? shared : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(value));
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();

    /// <summary>No Origin means no browser, and needs no permission: the secret is in the HELLO, and no cookie is read (RFC 6455 10.2).</summary>
    private bool IsAllowedOrigin(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (_allowedOrigins.Length == 0 || !HandshakeRequest.TryGetOrigin(exchange.Head, head, out Slice slice))
            return true;
        ReadOnlySpan<byte> origin = slice.In(head);
        foreach (byte[] allowed in _allowedOrigins)
        {
            if (Origins.Matches(allowed, origin))
                return true;
        }
        return false;
    }
}
