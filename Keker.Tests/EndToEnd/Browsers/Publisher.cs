using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A backend that goes its own way to the server, past all holes.</summary>
internal sealed class Publisher(IPEndPoint server) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Patience.Limit };

    /// <summary>Publishes.</summary>
    /// <param name="header">Token or Topic.</param>
    /// <param name="name">Which.</param>
    /// <param name="text">The message.</param>
    /// <param name="ttl">Seconds, or null for none.</param>
    /// <returns>How many sessions get it, as far as the server knows.</returns>
    public async Task<int> PublishAsync(string header, string name, string text, int? ttl = null)
    {
        using var content = new StringContent(text);
        content.Headers.Add(header, name);
        if (ttl is { } seconds)
            content.Headers.Add("TTL", seconds.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await _http.PostAsync($"http://{server}/v1/publish", content);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("data").GetProperty("sessions").GetInt32();
    }

    public void Dispose() => _http.Dispose();
}
