namespace Keker.Server.Http.Endpoints;

/// <summary>`GET /v1/echo`, with `--echo` only: every message comes back.</summary>
internal sealed class EchoEndpoint(ServerContext server) : HandshakeEndpoint(server)
{
    protected override UpgradeKind Kind => UpgradeKind.Echo;
}
