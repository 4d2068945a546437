using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Keker.Server.Net;

namespace Keker.Server.Client;

/// <summary>Asks a running server over HTTP. One at a time.</summary>
internal sealed class ApiClient : IDisposable
{
    /// <summary>Bodies over this wait for the server's word before they are sent: so a refusal is read, and not lost to a connection that breaks.</summary>
    private const int AskedBefore = 64 << 10;

    private const int MostAnswerBytes = 1 << 20;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly ServerUrl _url;
    private readonly string? _key;

    /// <param name="url">The server.</param>
    /// <param name="key">Shown as Authorization: Bearer; null for none.</param>
    /// <param name="trustsAnybody">Whatever its certificate says: for asking who somebody is, never for telling him something.</param>
    /// <exception cref="StartException">The server speaks TLS, and there is no OpenSSL.</exception>
    public ApiClient(ServerUrl url, byte[]? key, bool trustsAnybody = false)
    {
        if (url.IsSecure)
            OpenSsl.Require("TLS");
        _url = url;
        _key = key is null ? null : Encoding.ASCII.GetString(key);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTime,
            Expect100ContinueTimeout = ConnectTime,
            // Tokens are UTF-8 in a header as well.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        };
        if (url.UnixPath is { } path)
            handler.ConnectCallback = async (_, cancellation) => await Dial.ConnectAsync(path, cancellation).ConfigureAwait(false);
        if (trustsAnybody)
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="route">The route, with its query.</param>
    /// <param name="timeout">How long all of it may take.</param>
    /// <param name="fields">Header fields; none holds a control character.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="contentType">Of the body; null leaves it out.</param>
    /// <exception cref="ClientException">There is no answer; the message says why.</exception>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string route, TimeSpan timeout, IEnumerable<(string Name, string Value)>? fields = null, byte[]? body = null, string? contentType = null)
    {
        using var request = new HttpRequestMessage(method, $"{(_url.IsSecure ? "https" : "http")}://{_url.Authority}{_url.Prefix}{route}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Headers.ExpectContinue = body.Length > AskedBefore;
        }
        if (contentType is not null)
            request.Content!.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (_key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        foreach ((string name, string value) in fields ?? [])
            request.Headers.TryAddWithoutValidation(name, value);

        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            return new ApiAnswer((int)response.StatusCode, await Outgoing.ReadAsync(response, MostAnswerBytes, deadline.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException e)
        {
            throw new ClientException($"{_url}: no answer within {timeout.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (Outgoing.IsFailure(e))
        {
            throw new ClientException($"{_url}: {ClientException.Reason(e)}", e);
        }
    }

    public void Dispose() => _http.Dispose();
}
