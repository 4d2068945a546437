using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Inspection;
using Keker.Server.Presence;

namespace Keker.Server.Http.Console;

/// <summary><c>GET /v1/console/sessions?token=|topic=&amp;id=</c>: a token or topic and its first sessions, or one of them with where it stands.</summary>
internal sealed class SessionDetailsEndpoint(ServerContext server) : LongEndpoint(server, "sessions")
{
    protected override ILongAnswer? Answer(RequestHead request, ReadOnlySpan<byte> head, out ReadOnlySpan<byte> mistake) =>
        SessionsRequest.Read(request.Query.In(head), out mistake) is { } asked ? new SessionDetails(asked.Sessions, Server.Broker.Context) : null;
}
