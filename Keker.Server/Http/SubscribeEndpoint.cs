using Keker.Protocol.Http;

namespace Keker.Server.Http;

/// <summary>`GET /v1/subscribe`: a page becomes a subscriber, over a WebSocket or, where it asks for one, over an event stream.</summary>
internal sealed class SubscribeEndpoint(ServerContext server) : HandshakeEndpoint(server)
{
    protected override UpgradeKind Kind => UpgradeKind.Subscribe;

    protected override bool HasSubProtocol => true;
    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (exchange.Head.TryGet(head, "upgrade"u8, out _) || !AcceptField.NamesEventStream(exchange.Head, head))
            return base.TryAccept(exchange, head);
        EventStreamRequest? request = EventStreamRequest.Read(exchange.Head, head, out ReadOnlySpan<byte> mistake);
        if (request is null)
            return Refuse(exchange, 400, mistake);
        if (!IsWelcome(exchange, head))
            return false;
        EventStreamHead.Write(exchange, head, anyOrigin: Server.Options.AllowedOrigins.IsEmpty);
        exchange.Connection.Mark = ClientMark.Of(exchange.Connection, exchange.Head, head);
        exchange.Upgrade = new Upgrade(UpgradeKind.EventStream, EventStream: request);
        return false;
    }
}
