using Keker.Server.Http.Console;
using Keker.Server.Http.Publishing;
using Keker.Server.Web;

namespace Keker.Server.Http.Endpoints;

/// <summary>Finds who answers a path. Exact match on the raw bytes: no decoding, no normalisation, so there is nothing to trick. Thread-safe.</summary>
internal sealed class Router(ServerContext server)
{
    private readonly SubscribeEndpoint _subscribe = new(server);
    private readonly PublishEndpoint _publish = new(server);
    private readonly BatchEndpoint _batch = new(server);
    private readonly BroadcastEndpoint _broadcast = new(server);
    private readonly HealthEndpoint _health = new(server);
    private readonly ReadyEndpoint _ready = new(server);
    private readonly StatsEndpoint _stats = new(server);
    private readonly MetricsEndpoint _metrics = new(server);
    private readonly SessionsEndpoint _sessions = new(server);
    private readonly PresenceEndpoint _presence = new(server);
    private readonly OnlineEndpoint _online = new(server);
    private readonly WebFileEndpoint _module = new(server, WebFile.Module, WebFileEndpoint.JavaScript);
    private readonly WebFileEndpoint _moduleTypes = new(server, WebFile.ModuleTypes, WebFileEndpoint.TypeScript);
    private readonly WebFileEndpoint _openApi = new(server, WebFile.OpenApi, WebFileEndpoint.Json);
    private readonly ConsoleRoutes? _console = server.Console is null ? null : new(server);
    private readonly EchoEndpoint? _echo = server.Options.Echo ? new(server) : null;

    /// <summary>The endpoint of a path on this kind of listener, or null.</summary>
    /// <param name="path">The raw path.</param>
    /// <param name="isAdmin">True for a connection that came in through an admin listener.</param>
    public Endpoint? Find(ReadOnlySpan<byte> path, bool isAdmin)
    {
        Endpoint? endpoint =
            path.SequenceEqual("/v1/publish"u8) ? _publish :
            path.SequenceEqual("/v1/subscribe"u8) ? _subscribe :
            path.SequenceEqual("/v1/publish/batch"u8) ? _batch :
            path.SequenceEqual("/v1/broadcast"u8) ? _broadcast :
            path.SequenceEqual("/v1/health"u8) ? _health :
            path.SequenceEqual("/v1/ready"u8) ? _ready :
            path.SequenceEqual("/v1/stats"u8) ? _stats :
            path.SequenceEqual("/metrics"u8) ? _metrics :
            path.SequenceEqual("/v1/stats/sessions"u8) ? _sessions :
            path.SequenceEqual("/v1/sessions"u8) ? _presence :
            path.SequenceEqual("/v1/online"u8) ? _online :
            path.SequenceEqual("/v1/echo"u8) ? _echo :
            path.SequenceEqual("/keker.js"u8) ? _module :
            path.SequenceEqual("/keker.d.ts"u8) ? _moduleTypes :
            path.SequenceEqual("/openapi.json"u8) ? _openApi :
            null;
        if (endpoint is null)
            return _console?.Find(path, isAdmin);
        return IsServed(endpoint, isAdmin) ? endpoint : null;
    }

    /// <summary>
    /// With an admin listener the two kinds of listener share nothing but how the server is, and the document of the API: the public port has no backend function
    /// at all.
    /// </summary>
    private bool IsServed(Endpoint endpoint, bool isAdmin) =>
        server.Options.AdminListen.IsEmpty || endpoint == _health || endpoint == _ready || endpoint == _openApi || endpoint.IsPrivileged == isAdmin;
}
