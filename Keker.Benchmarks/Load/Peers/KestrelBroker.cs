using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>Subscribing and publishing as in Keker, written the usual way on ASP.NET Core: a channel and a task for each session.</summary>
internal sealed class KestrelBroker
{
    private const string Greeting = "HELLO ";

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<KestrelSession, bool>> _tokens = new();

    public static WebApplication Build(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
        });
        WebApplication application = builder.Build();
        var broker = new KestrelBroker();
        application.UseWebSockets();
        application.Map("/v1/subscribe", broker.SubscribeAsync);
        application.MapMethods("/v1/publish", ["PUT", "POST"], broker.PublishAsync);
        return application;
    }

    private async Task SubscribeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        await using var session = new KestrelSession(socket);
        string? token = null;
        try
        {
            while (await session.ReadAsync(context.RequestAborted) is { } text)
            {
                if (token is not null || !text.StartsWith(Greeting, StringComparison.Ordinal))
                    continue;
                token = text[Greeting.Length..].Trim();
                _tokens.GetOrAdd(token, _ => new())[session] = true;
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The connection has broken, or the server stops.
        }
        finally
        {
            if (token is not null && _tokens.TryGetValue(token, out ConcurrentDictionary<KestrelSession, bool>? sessions))
                sessions.TryRemove(session, out _);
        }
    }

    private async Task PublishAsync(HttpContext context)
    {
        string token = context.Request.Headers["Token"].ToString();
        byte[] body = new byte[context.Request.ContentLength ?? 0];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        int count = 0;
        if (_tokens.TryGetValue(token, out ConcurrentDictionary<KestrelSession, bool>? sessions))
        {
            foreach ((KestrelSession session, _) in sessions)
            {
                session.Post(body);
                count++;
            }
        }
        string message = count > 0 ? "message published" : $"recipient {token} not found";
        byte[] answer = JsonSerializer.SerializeToUtf8Bytes(new { message, data = new { sessions = count, cached = 0 } });
        context.Response.StatusCode = count > 0 ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }
}
