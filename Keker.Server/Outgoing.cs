using System.Net;

namespace Keker.Server;

/// <summary>
/// Requests that the server makes: no redirect is followed, no cookie kept, no proxy of the environment used, and nothing is taken that is larger than expected.
/// Thread-safe.
/// </summary>
internal static class Outgoing
{
    private const int MostHeaderKilobytes = 16;

    /// <summary>Connections of those who have been asked before: after so long a name is looked up again.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>Made once for whoever asks.</summary>
    /// <param name="mostConnections">At a time, to one host.</param>
    /// <param name="timeout">For one request; null where whoever asks has a time of its own.</param>
    public static HttpClient CreateClient(int mostConnections, TimeSpan? timeout = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxConnectionsPerServer = mostConnections,
        MaxResponseHeadersLength = MostHeaderKilobytes,
        PooledConnectionLifetime = ConnectionLifetime,
    })
    {
        Timeout = timeout ?? Timeout.InfiniteTimeSpan,
    };

    /// <summary>Reads a body whole.</summary>
    /// <param name="response">The answer, of which the head has come.</param>
    /// <param name="mostBytes">What it may have.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HttpRequestException">It has more, or broke off.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int mostBytes, CancellationToken cancellation)
    {
        byte[] buffer = new byte[(int)Math.Min(mostBytes, response.Content.Headers.ContentLength ?? mostBytes) + 1];
        Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return length <= mostBytes && length < buffer.Length ? buffer[..length] : throw new HttpRequestException($"the answer has more than {mostBytes} bytes");
        }
    }

    /// <summary>How long an answer may be kept: <c>max-age</c> less the age it has (RFC 9111 4.2.1); null where it does not say.</summary>
    public static TimeSpan? FreshFor(HttpResponseMessage response)
    {
        if (response.Headers.CacheControl is not { } control)
            return null;
        if (control.NoStore || control.NoCache)
            return TimeSpan.Zero;
        return control.MaxAge - (response.Headers.Age ?? TimeSpan.Zero);
    }

    /// <summary>True for what can come of asking somebody else.</summary>
    public static bool IsFailure(Exception e) => e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException;
}
