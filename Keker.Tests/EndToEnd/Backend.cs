using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Keker.Tests.EndToEnd;

/// <summary>What an application's backend does, with the ordinary HTTP client.</summary>
internal sealed class Backend : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http;

    public Backend(IPEndPoint endPoint, TestCertificate? certificate = null)
    {
        var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        if (certificate is not null)
            handler.SslOptions = certificate.ClientOptions;
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri($"{(certificate is null ? "http" : "https")}://{endPoint}"),
            Timeout = Patience.Limit,
        };
    }

    /// <summary>Sent as Authorization: Bearer.</summary>
    public string? Key { get; init; }

    public Task<RawResponse> PublishAsync(string token, string body) => PublishAsync(token, Encoding.UTF8.GetBytes(body));

    public Task<RawResponse> PublishAsync(string token, byte[] body, HttpMethod? method = null, bool chunked = false, string? contentType = null) =>
        SendAsync(method ?? HttpMethod.Put, "/v1/publish", body, token, chunked, contentType);

    public Task<RawResponse> PublishToTopicAsync(string topic, string body) => SendAsync(HttpMethod.Put, "/v1/publish", Encoding.UTF8.GetBytes(body), topic: topic);

    public Task<RawResponse> BroadcastAsync(string body) => SendAsync(HttpMethod.Post, "/v1/broadcast", Encoding.UTF8.GetBytes(body));

    public Task<RawResponse> GetAsync(string path) => SendAsync(HttpMethod.Get, path, body: null);

    public Task<RawResponse> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, body: null);

    /// <summary>Asks for the statistics until a number in them is as wanted.</summary>
    public async Task WaitForStatAsync(string name, Predicate<long> isWanted)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        using var timer = new PeriodicTimer(PollInterval);
        long value;
        do
        {
            value = (await GetAsync("/v1/stats")).Data.GetProperty(name).GetInt64();
            if (isWanted(value))
                return;
        }
        while (!timeout.IsCancellationRequested && await timer.WaitForNextTickAsync());
        Assert.Fail($"{name} stays at {value}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<RawResponse> SendAsync(
        HttpMethod method, string path, byte[]? body, string? token = null, bool chunked = false, string? contentType = null, string? topic = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        if (contentType is not null)
            request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Token", token);
        if (topic is not null)
            request.Headers.TryAddWithoutValidation("Topic", topic);
        if (Key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using HttpResponseMessage response = await _http.SendAsync(request);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        Assert.That(() => JsonDocument.Parse(answer), Throws.Nothing, "every answer is JSON");
        ILookup<string, string> headers = response.Headers.Concat(response.Content.Headers)
            .SelectMany(header => header.Value, (header, value) => (header.Key, value))
            .ToLookup(header => header.Key, header => header.value, StringComparer.OrdinalIgnoreCase);
        return new RawResponse((int)response.StatusCode, headers, answer);
    }
}
