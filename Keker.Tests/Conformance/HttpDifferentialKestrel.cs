using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Keker.Tests.Conformance;

/// <summary>Kestrel on a free loopback port of this process, with the limits of Keker: reads every body to its end and answers 200.</summary>
internal sealed class HttpDifferentialKestrel : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HttpDifferentialKestrel(WebApplication application) => _application = application;

    public IPEndPoint EndPoint => IPEndPoint.Parse(new Uri(_application.Urls.Single()).Authority);

    public static async Task<HttpDifferentialKestrel> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        WebApplication application = builder.Build();
        application.Run(context => context.Request.Body.CopyToAsync(Stream.Null));
        await application.StartAsync();
        return new HttpDifferentialKestrel(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Configure(KestrelServerOptions options)
    {
        options.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http1);
        options.Limits.MaxRequestLineSize = 8 << 10;
        options.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        options.Limits.MaxRequestHeaderCount = 64;
        options.Limits.MaxRequestBodySize = 1 << 20;
    }
}
