using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;

namespace Keker.Server.Http.Console;

/// <summary>
/// <c>GET /v1/console/watch?topic=</c>: the event stream of a topic, as <c>/v1/subscribe</c> has it for whoever comes new, for an operator. It takes the operator's key where pages need a token,
/// and is served where the console is: a page of the admin address may talk to no other.
/// </summary>
internal sealed class WatchEndpoint(ServerContext server) : Endpoint(server)
{
    /// <summary>Seconds: memory comes back when somebody leaves.</summary>
    private const int RetryAfter = 5;

    public override ReadOnlySpan<byte> Allow => "GET"u8;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method == RequestMethod.Get;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        // An image of another site's page asks for no event stream: it shall not begin one.
        if (!AcceptField.NamesEventStream(exchange.Head, head))
            return Refuse(exchange, 400, "this is an event stream: send Accept: text/event-stream"u8);
        EventStreamRequest? request = EventStreamRequest.Read(exchange.Head, head, isChecked: false, out ReadOnlySpan<byte> mistake);
        if (request is null)
            return Refuse(exchange, 400, mistake);

        // A watcher of a token would take what waits for it.
        if (request is not { Token: null, Topics.Length: 1 })
            return Refuse(exchange, 400, "watch one topic: ask for ?topic=<name>, percent-encoded"u8);
        if (Server.IsDraining || !Server.HasMemoryForSubscription())
            return Refuse(exchange, 503, "the server takes no new subscribers now: try again later"u8, RetryAfter);
        if (exchange.Head.TryGet(head, "user-agent"u8, out Slice agent))
            exchange.Connection.UserAgent = Server.Presence.Agents.Find(agent.In(head));
        exchange.Upgrade = new Upgrade(UpgradeKind.Onlooker, EventStream: request, Head: EventStreamHead.Of(exchange));
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();
}
