using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Options;

namespace Keker.Server.Http.Console;

/// <summary><c>GET /v1/console/live</c>: an event stream of the samples, one a second.</summary>
internal sealed class LiveEndpoint(ServerContext server) : Endpoint(server)
{
    /// <summary>Seconds: somebody will close a page.</summary>
    private const int RetryAfter = 5;

    public override ReadOnlySpan<byte> Allow => "GET"u8;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method == RequestMethod.Get;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        // An image of another site's page asks for no event stream: it shall not begin one.
        if (!AcceptField.NamesEventStream(exchange.Head, head))
            return Refuse(exchange, 400, "this is an event stream: send Accept: text/event-stream"u8);
        if (Server.Console!.Topic.MemberCount >= Limits.ConsoleWatchers)
            return Refuse(exchange, 503, "too many consoles are open: close one"u8, RetryAfter);
        exchange.Upgrade = new Upgrade(UpgradeKind.Onlooker, Head: EventStreamHead.Of(exchange));
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();
}
