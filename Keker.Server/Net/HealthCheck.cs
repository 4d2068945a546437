using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>Asks a server whether it is alive, for machines without curl: one request, one line, one exit status. Stateless, thread-safe.</summary>
internal static class HealthCheck
{
    private const int Healthy = CommandLine.ExitCodeDone;
    private const int Unhealthy = CommandLine.ExitCodeUnhealthy;
    private const string Path = "/v1/health";
    private const int MostAnswerBytes = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What a proxy says that asks for itself (PROXY protocol, version 1).</summary>
    private static readonly byte[] ProxyLine = Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n");

    /// <summary>Asks, waits 2 s at the most, and prints one line.</summary>
    /// <param name="options">Those of the server.</param>
    /// <param name="url">An http or https URL, or <c>unix:</c> and a path; empty for the first address in the options.</param>
    /// <param name="output">Takes the line.</param>
    /// <returns>The exit status: 0 when it is alive, else 1.</returns>
    public static async Task<int> RunAsync(KekerOptions options, string url, TextWriter output)
    {
        (int status, string line) = await AskAsync(options, url).ConfigureAwait(false);
        await output.WriteLineAsync($"kekerd: {line}").ConfigureAwait(false);
        return status;
    }

    private static async Task<(int Status, string Line)> AskAsync(KekerOptions options, string url)
    {
        if (url.Length > 0 && !url.StartsWith(ListenAddress.UnixPrefix, StringComparison.Ordinal))
        {
            return Uri.TryCreate(url, UriKind.Absolute, out Uri? given) && given.Scheme is "http" or "https"
                ? await AskAsync(given.AbsolutePath == "/" ? new Uri(given, Path) : given, connect: null).ConfigureAwait(false)
                : (Unhealthy, "expected an http or https URL, or unix: and a path");
        }
        ListenAddress? address = options.Listen.Concat(options.AdminListen).FirstOrDefault(address => !address.IsProxied) ?? options.Listen[0];
        if (url.Length > 0 && !ListenAddress.TryParse(url, out address, out string? mistake))
            return (Unhealthy, mistake);
        if (address is { Kind: ListenKind.Tcp, Port: 0 })
            return (Unhealthy, $"{address}: nobody knows the port but the server; name it as {CommandLine.HealthOption} http://127.0.0.1:PORT");
        try
        {
            EndPoint endPoint = Reachable(address.ToEndPoint());
            bool isTls = options.CertificatePath is not null && address.Kind == ListenKind.Tcp;
            string host = endPoint is IPEndPoint ? endPoint.ToString()! : "localhost";
            return await AskAsync(
                new Uri($"{(isTls ? "https" : "http")}://{host}{Path}"), cancellation => ConnectAsync(endPoint, address.IsProxied, cancellation)).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            return (Unhealthy, $"{address}: {e.Message}");
        }
    }

    /// <param name="url">What is asked.</param>
    /// <param name="connect">Connects to this machine, where no name is looked up and no certificate looked at; null where the URL says all.</param>
    private static async Task<(int Status, string Line)> AskAsync(Uri url, Func<CancellationToken, ValueTask<Stream>>? connect)
    {
        if (url.Scheme == "https")
            OpenSsl.Require("TLS");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        if (connect is not null)
        {
            handler.ConnectCallback = (_, cancellation) => connect(cancellation);
#pragma warning disable CA5359 // It is this machine's own address: no name in the certificate is that.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true };
#pragma warning restore CA5359
        }
        using var client = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = MostAnswerBytes };
        string place = url.GetLeftPart(UriPartial.Path);
        try
        {
            using HttpResponseMessage response = await client.GetAsync(url).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            string message = MessageIn(await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false));
            return (status is >= 200 and < 300 ? Healthy : Unhealthy, $"{place}: {status} {message}");
        }
        catch (OperationCanceledException)
        {
            return (Unhealthy, $"{place}: no answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            return (Unhealthy, $"{place}: {e.Message}");
        }
    }

    private static async ValueTask<Stream> ConnectAsync(EndPoint endPoint, bool isProxied, CancellationToken cancellation)
    {
        ProtocolType protocol = endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        try
        {
            await socket.ConnectAsync(endPoint, cancellation).ConfigureAwait(false);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (isProxied)
            await stream.WriteAsync(ProxyLine, cancellation).ConfigureAwait(false);
        return stream;
    }

    /// <summary>Where all addresses are listened on, the loopback is one of them.</summary>
    private static EndPoint Reachable(EndPoint listened) => listened switch
    {
        IPEndPoint ip when ip.Address.Equals(IPAddress.Any) => new IPEndPoint(IPAddress.Loopback, ip.Port),
        IPEndPoint ip when ip.Address.Equals(IPAddress.IPv6Any) => new IPEndPoint(IPAddress.IPv6Loopback, ip.Port),
        _ => listened,
    };

    private static string MessageIn(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("message").GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return "";
        }
    }
}
