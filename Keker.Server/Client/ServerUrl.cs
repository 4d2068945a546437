using Keker.Server.Options;

namespace Keker.Server.Client;

/// <summary>Where a running server is, however that was written. Immutable.</summary>
/// <param name="IsSecure">Whether it speaks TLS.</param>
/// <param name="Host">The host, an IPv6 address without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="Prefix">What a proxy has in front of the routes: empty, or a path that does not end with a slash.</param>
internal sealed record ServerUrl(bool IsSecure, string Host, int Port, string Prefix)
{
    /// <summary>What is accepted, for people.</summary>
    public const string Forms = "http://host[:port], https://…, ws://…/v1/subscribe, wss://…, or unix:/path";

    private const string SubscribeRoute = "/v1/subscribe";
    private const string UnixPrefix = "unix:";

    /// <summary>The path of a Unix socket; null for TCP.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>The value of Host.</summary>
    public string Authority => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Path of the route for sessions.</summary>
    public string SubscribePath => Prefix + SubscribeRoute;

    /// <summary>Reads one of <see cref="Forms"/>; the port is that of the scheme where it is left out.</summary>
    public static ServerUrl Read(string text, out string? mistake)
    {
        mistake = null;
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal) && text.Length > UnixPrefix.Length + 1 && text[UnixPrefix.Length] == '/')
            return new ServerUrl(IsSecure: false, "localhost", 80, "") { UnixPath = text[UnixPrefix.Length..] };

        bool isUrl = Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" or "ws" or "wss";
        if (!isUrl || url!.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0 || url.IdnHost.Length == 0)
        {
            mistake = $"expected {Forms}";
            return new ServerUrl(false, "", 0, "");
        }
        string path = url.AbsolutePath.TrimEnd('/');
        string prefix = path.EndsWith(SubscribeRoute, StringComparison.Ordinal) ? path[..^SubscribeRoute.Length] : path;
        return new ServerUrl(url.Scheme is "https" or "wss", url.IdnHost.Trim('[', ']'), url.Port, prefix);
    }

    /// <summary>The server that listens at an address of this machine, as a client of this machine reaches it.</summary>
    public static ServerUrl Of(ListenAddress address, bool isSecure)
    {
        if (address.Path is { } path)
            return new ServerUrl(isSecure, "localhost", 80, "") { UnixPath = path };
        string host = address.Host switch { "0.0.0.0" => "127.0.0.1", "::" => "::1", string other => other };
        return new ServerUrl(isSecure, host, address.Port, "");
    }

    /// <summary>As a URL that a person knows.</summary>
    public override string ToString() => UnixPath is null ? $"{(IsSecure ? "https" : "http")}://{Authority}{Prefix}" : UnixPrefix + UnixPath;
}
