namespace Keker.Server.Http;

/// <summary>`GET /v1/subscribe`: a page becomes a subscriber.</summary>
internal sealed class SubscribeEndpoint(ServerContext server) : HandshakeEndpoint(server)
{
    protected override UpgradeKind Kind => UpgradeKind.Subscribe;

    protected override bool HasSubProtocol => true;
}
