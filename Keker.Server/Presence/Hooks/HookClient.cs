using System.Net;
using System.Net.Http.Headers;
using Keker.Protocol.Hashes;
using Keker.Server.Options;

namespace Keker.Server.Presence.Hooks;

/// <summary>The backend over HTTP. Thread-safe.</summary>
/// <param name="url">Where it takes hooks.</param>
/// <param name="secret">Signs the bodies; empty where nothing is signed.</param>
internal sealed class HookClient(Uri url, byte[] secret) : IHookReceiver, IDisposable
{
    // What a redirect leads to was never meant to be told who is online; nor is a proxy of the environment.
    private readonly HttpClient _http = Outgoing.CreateClient(mostConnections: 1, Limits.HookTimeout);
    private volatile byte[] _secret = secret;

    /// <summary>Puts another secret in force.</summary>
    public void Replace(byte[] secret) => _secret = secret;

    public async Task<HookFailure?> TryPostAsync(byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (_secret is { Length: > 0 } key)
            request.Headers.Add("X-Keker-Signature", $"sha256={Convert.ToHexStringLower(HmacSha256.Of(key, body))}");
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            return FailureOf((int)answer.StatusCode);
        }
        catch (HttpRequestException e)
        {
            return new HookFailure(e.HttpRequestError.ToString());
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            return new HookFailure(e is IOException ? "the connection broke" : "no answer in time");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>408, 425 and 429 say that it is to be tried again; any other 4xx, and a redirect, will say the same until somebody mends it.</summary>
    private static HookFailure? FailureOf(int status) => status switch
    {
        >= 200 and < 300 => null,
        408 or 425 or 429 or >= 500 => new HookFailure($"status {status}"),
        _ => new HookFailure($"status {status}", IsMistake: true),
    };
}
