using Microsoft.Extensions.ObjectPool;

namespace Keker.Server.Http;

/// <summary>What all HTTP connections share. Thread-safe.</summary>
internal sealed class HttpServer(ServerContext server)
{
    public ServerContext Server { get; } = server;

    public RequestReader Requests { get; } = new(server);

    /// <summary>What Date says.</summary>
    public DateHeader Date { get; } = new(server.Clock);

    /// <summary>Working sets of busy connections.</summary>
    public ObjectPool<HttpExchange> Exchanges { get; } = new DefaultObjectPool<HttpExchange>(new DefaultPooledObjectPolicy<HttpExchange>());
}
