using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>A SignalR hub with a group for each token; publishing is an HTTP request, as in Keker.</summary>
internal static class SignalRBroker
{
    public const string HubPath = "/hub";

    public static WebApplication Build(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
        });
        // The generator answers pings but sends none of its own, which the hub would miss after 30 seconds.
        builder.Services.AddSignalR(hub => hub.ClientTimeoutInterval = TimeSpan.FromDays(1));
        WebApplication application = builder.Build();
        application.MapHub<SignalRHub>(HubPath);
        application.MapMethods("/v1/publish", ["PUT", "POST"], PublishAsync);
        return application;
    }

    private static async Task PublishAsync(HttpContext context, IHubContext<SignalRHub> hub)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        await hub.Clients.Group(context.Request.Headers["Token"].ToString()).SendAsync("message", body, context.RequestAborted);
    }
}
