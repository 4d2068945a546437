using System.Globalization;
using System.Text;

namespace Keker.Server.Options;

/// <summary>What is in force, option by option, without a word that is secret. Stateless, thread-safe.</summary>
internal static class EffectiveSettings
{
    private const string None = "none";

    /// <summary>All in one line: <c>name=value</c>, with the names of the options without their dashes.</summary>
    public static string Line(KekerOptions options)
    {
        string line = string.Join(' ', Of(options).Select(setting => $"{setting.Definition.Name[2..]}={setting.Value}"));
        return string.Concat(line.Select(c => char.IsControl(c) ? '?' : c));
    }

    /// <summary>Each option with its value as text. URLs are shown up to their path: a query may hold a secret.</summary>
    public static IEnumerable<(OptionDefinition Definition, string Value)> Of(KekerOptions options)
    {
        AccessOptions access = options.Access;
        yield return (OptionDefinitions.Listen, List(options.Listen));
        yield return (OptionDefinitions.Certificate, options.CertificatePath ?? None);
        yield return (OptionDefinitions.Key, options.KeyPath ?? None);
        yield return (OptionDefinitions.ReadBuffer, Number(options.ReadBuffer));
        yield return (OptionDefinitions.WriteBuffer, Number(options.WriteBuffer));
        yield return (OptionDefinitions.Timeout, Durations.Format(options.Timeout));
        yield return (OptionDefinitions.Cache, Durations.Format(options.Cache));
        yield return (OptionDefinitions.Resume, Durations.Format(options.Resume));
        yield return (OptionDefinitions.CacheSize, Number(options.CacheSize));
        yield return (OptionDefinitions.Lag, Number(options.Lag));
        yield return (OptionDefinitions.CacheMemory, Number(options.CacheMemory));
        yield return (OptionDefinitions.Verbosity, Values.LevelName(options.Verbosity));
        yield return (OptionDefinitions.LogFormat, options.LogFormat?.ToString().ToLowerInvariant() ?? "automatic");
        yield return (OptionDefinitions.PublishKey, Secrets(options.PublishKeys.Length));
        yield return (OptionDefinitions.AdminListen, List(options.AdminListen));
        yield return (OptionDefinitions.AllowOrigin, options.AllowedOrigins.IsEmpty ? "any" : List(options.AllowedOrigins));
        yield return (AccessDefinitions.Key, List(access.KeyFiles.Select(path => $"@{path}")));
        yield return (AccessDefinitions.KeySet, access.KeySet is { } place ? Place(place) : None);
        yield return (AccessDefinitions.Issuer, access.Issuer ?? "any");
        yield return (AccessDefinitions.Audience, access.Audience ?? "any");
        yield return (AccessDefinitions.Backend, access.Backend is { } backend ? Place(backend) : None);
        yield return (AccessDefinitions.PublicTopic, List(access.PublicTopics.Select(Encoding.UTF8.GetString)));
        yield return (OptionDefinitions.HookUrl, options.HookUrl is { } hook ? Place(hook) : None);
        yield return (OptionDefinitions.HookSecret, Secrets(options.HookSecret.Length > 0 ? 1 : 0));
        yield return (OptionDefinitions.MaxConnections, Number(options.MaxConnections));
        yield return (OptionDefinitions.MaxConnectionsPerIp, Number(options.MaxConnectionsPerIp));
        yield return (OptionDefinitions.HelloRate, Number(options.HelloRate));
        yield return (OptionDefinitions.PublishRate, Number(options.PublishRate));
        yield return (OptionDefinitions.TrustProxy, List(options.TrustedProxies));
        yield return (OptionDefinitions.Compression, OnOff(options.Compression));
        yield return (OptionDefinitions.Drain, Durations.Format(options.Drain));
        yield return (OptionDefinitions.DrainDelay, Durations.Format(options.DrainDelay));
        yield return (OptionDefinitions.Echo, OnOff(options.Echo));
    }

    private static string List<T>(IEnumerable<T> values) => string.Join(',', values) is { Length: > 0 } list ? list : None;

    private static string Secrets(int count) => count == 0 ? None : $"({count})";

    /// <summary>A URL without its query, which may hold a secret; a path as it is.</summary>
    public static string Place(string urlOrPath) =>
        Uri.TryCreate(urlOrPath, UriKind.Absolute, out Uri? url) && !url.IsFile ? Place(url) : urlOrPath;

    private static string Place(Uri url) => url.GetLeftPart(UriPartial.Path) + (url.Query.Length > 0 ? "?..." : "");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string OnOff(bool value) => value ? Values.On : Values.Off;
}
