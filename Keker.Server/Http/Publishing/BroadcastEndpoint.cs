namespace Keker.Server.Http.Publishing;

/// <summary>`PUT` or `POST /v1/broadcast`: one message for every session.</summary>
internal sealed class BroadcastEndpoint(ServerContext server) : MessageEndpoint(server);
