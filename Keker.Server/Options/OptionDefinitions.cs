using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using static Keker.Server.Options.Applying;

namespace Keker.Server.Options;

/// <summary>The options of kekerd in the order of the help text. An option that is not listed here does not exist.</summary>
internal static class OptionDefinitions
{
    private static readonly KekerOptions Defaults = new();

    public static readonly OptionDefinition Listen = new(
        "--listen", "ADDRESS", $"where to serve: {ListenAddress.Forms}[,{ListenAddress.ModeSetting}0660][,{ListenAddress.ProxySetting}]; port 0 takes any free one",
        Many<ListenAddress>(Values.Address, (options, addresses) => options with { Listen = addresses }))
    {
        ShortName = "-l",
        Default = Defaults.Listen[0].ToString(),
        Repeatable = true,
    };

    public static readonly OptionDefinition Certificate = new(
        "--cert", "PATH", "PEM certificate chain: TLS on every TCP address, together with --key; SIGHUP reloads both",
        One(Values.Path, (options, path) => options with { CertificatePath = path }))
    {
        ShortName = "-e",
    };

    public static readonly OptionDefinition Key = new(
        "--key", "PATH", "PEM private key of the certificate",
        One(Values.Path, (options, path) => options with { KeyPath = path }))
    {
        ShortName = "-k",
    };

    public static readonly OptionDefinition ReadBuffer = new(
        "--read-buffer", "BYTES", "largest message accepted from a client",
        One(Values.Bytes(Limits.HelloMessageBytes, Values.MostBufferBytes), (options, bytes) => options with { ReadBuffer = (int)bytes }))
    {
        ShortName = "-r",
        Default = Number(Defaults.ReadBuffer),
    };

    public static readonly OptionDefinition WriteBuffer = new(
        "--write-buffer", "BYTES", "largest body accepted by publish and broadcast",
        One(Values.Bytes(1, Values.MostBodyBytes), (options, bytes) => options with { WriteBuffer = (int)bytes }))
    {
        ShortName = "-w",
        Default = Number(Defaults.WriteBuffer),
    };

    public static readonly OptionDefinition Timeout = new(
        "--timeout", "SECONDS", "deadline for HELLO and for a sign of life",
        One(Values.Seconds, (options, timeout) => options with { Timeout = timeout }))
    {
        ShortName = "-t",
        Default = Number((long)Defaults.Timeout.TotalSeconds),
    };

    public static readonly OptionDefinition Cache = new(
        "--cache", "DURATION", "how long an undelivered message waits for its recipient; 0 turns caching off",
        One(Values.Duration(TimeSpan.FromHours(24)), (options, cache) => options with { Cache = cache }))
    {
        ShortName = "-c",
        Default = Durations.Format(Defaults.Cache),
    };

    public static readonly OptionDefinition Resume = new(
        "--resume", "DURATION", "how long a client may be away after a break and still get everything; 0: not at all",
        One(Values.Duration(TimeSpan.FromHours(24)), (options, resume) => options with { Resume = resume }))
    {
        Default = Durations.Format(Defaults.Resume),
    };

    public static readonly OptionDefinition CacheSize = new(
        "--cache-size", "BYTES", "bytes that wait or are kept per token or topic, and as many not confirmed; the oldest go first",
        One(Values.Bytes(0, Values.MostBufferBytes), (options, bytes) => options with { CacheSize = (int)bytes }))
    {
        Default = Number(Defaults.CacheSize),
    };

    public static readonly OptionDefinition Lag = new(
        "--lag", "BYTES", $"how far a member may fall behind before it is closed; at least {KekerOptions.LagPerWriteBuffer} x --write-buffer",
        One(Values.Bytes(KekerOptions.LagPerWriteBuffer, Values.MostMemoryBytes), (options, bytes) => options with { Lag = bytes }))
    {
        Default = $"{Number(Defaults.Lag)}, more if --write-buffer asks for it",
    };

    public static readonly OptionDefinition CacheMemory = new(
        "--cache-memory", "BYTES", "bytes that wait or are kept in all, and as many that are not confirmed",
        One(Values.Bytes(0, Values.MostMemoryBytes), (options, bytes) => options with { CacheMemory = bytes }))
    {
        Default = Number(Defaults.CacheMemory),
    };

    public static readonly OptionDefinition Verbosity = new(
        "--verbose", "LEVEL", $"what is logged: {Values.Levels}",
        One(Values.Level, (options, level) => options with { Verbosity = level }))
    {
        ShortName = "-v",
        Default = "INFO",
    };

    public static readonly OptionDefinition LogFormat = new(
        "--log-format", "FORMAT", $"how lines of the log look: {Values.Formats}",
        One(Values.Format, (options, format) => options with { LogFormat = format }))
    {
        Default = "text, journal under systemd",
    };

    public static readonly OptionDefinition PublishKey = new(
        "--publish-key", "KEY",
        "publish, broadcast and stats need Authorization: Bearer KEY; @FILE reads it from a file, which hides it from ps",
        ApplyPublishKeys)
    {
        Default = "none, publishing is open",
        Repeatable = true,
        GuardsAccess = true,
    };

    public static readonly OptionDefinition AdminListen = new(
        "--admin-listen", "ADDRESS", "serve publish, broadcast and stats only here",
        Many<ListenAddress>(Values.Address, (options, addresses) => options with { AdminListen = addresses }))
    {
        Default = "none, they are served on --listen",
        Repeatable = true,
        GuardsAccess = true,
    };

    public static readonly OptionDefinition AllowOrigin = new(
        "--allow-origin", "ORIGIN", "exact scheme://host[:port] of pages that may subscribe, *. before the host stands for one label; others get 403",
        Many<string>(Values.Origin, (options, origins) => options with { AllowedOrigins = origins }))
    {
        Default = "any",
        Repeatable = true,
        GuardsAccess = true,
    };

    public static readonly OptionDefinition HookUrl = new(
        "--hook-url", "URL", "where the backend is told by POST who comes and goes",
        ApplyHookUrl)
    {
        IsSecret = true,
    };

    public static readonly OptionDefinition HookSecret = new(
        "--hook-secret", "SECRET", "signs what --hook-url is told; @FILE reads it from a file, which hides it from ps",
        ApplyHookSecret)
    {
        IsSecret = true,
    };

    public static readonly OptionDefinition MaxConnections = new(
        "--max-connections", "N", "connections at a time; 0 leaves it to the limit of open descriptors",
        One(Values.Count, (options, count) => options with { MaxConnections = count }))
    {
        Default = Number(Defaults.MaxConnections),
    };

    public static readonly OptionDefinition MaxConnectionsPerIp = new(
        "--max-connections-per-ip", "N", "connections at a time from one address (IPv6: one /64 network); 0 sets no limit",
        One(Values.Count, (options, count) => options with { MaxConnectionsPerIp = count }))
    {
        Default = Number(Defaults.MaxConnectionsPerIp),
    };

    public static readonly OptionDefinition HelloRate = new(
        "--hello-rate", "N", "wrong HELLOs and wrong keys a minute from one address, which is then refused for a minute; 0 sets no limit",
        One(Values.Count, (options, count) => options with { HelloRate = count }))
    {
        Default = Number(Defaults.HelloRate),
    };

    public static readonly OptionDefinition PublishRate = new(
        "--publish-rate", "N", "publishes a second of one publish key or token, or of one address where none is needed; 0 sets no limit",
        One(Values.Count, (options, count) => options with { PublishRate = count }))
    {
        Default = Number(Defaults.PublishRate),
    };

    public static readonly OptionDefinition TrustProxy = new(
        "--trust-proxy", "CIDR", "proxies that are believed when they tell for whom they connect: X-Forwarded-For, Forwarded, and PROXY on a listener that says so",
        Many<IPNetwork>(Values.Network, (options, networks) => options with { TrustedProxies = networks }))
    {
        Default = "none",
        Repeatable = true,
        GuardsAccess = true,
    };

    public static readonly OptionDefinition Compression = new(
        "--compression", "on/off", "permessage-deflate for clients that offer it; messages under 1 KiB go plain",
        One(Values.Switch, (options, on) => options with { Compression = on }))
    {
        Default = Values.Off,
        IsSwitch = true,
    };

    public static readonly OptionDefinition Drain = new(
        "--drain", "DURATION", "on SIGTERM sessions are closed spread over this time",
        One(Values.Duration(TimeSpan.FromHours(1)), (options, drain) => options with { Drain = drain }))
    {
        Default = Durations.Format(Defaults.Drain),
    };

    public static readonly OptionDefinition DrainDelay = new(
        "--drain-delay", "DURATION", "on SIGTERM only /v1/ready says no for so long, before all else",
        One(Values.Duration(TimeSpan.FromHours(1)), (options, delay) => options with { DrainDelay = delay }))
    {
        Default = Durations.Format(Defaults.DrainDelay),
    };

    public static readonly OptionDefinition Echo = new(
        "--echo", "on/off", "serve /v1/echo, which sends every message back: for connectivity checks and conformance suites",
        One(Values.Switch, (options, on) => options with { Echo = on }))
    {
        Default = Values.Off,
        IsSwitch = true,
    };

    public static readonly ImmutableArray<OptionDefinition> All =
    [
        Listen, Certificate, Key, ReadBuffer, WriteBuffer, Timeout, Cache, Resume, CacheSize, Lag, CacheMemory, Verbosity, LogFormat, PublishKey, AdminListen,
        AllowOrigin, .. AccessDefinitions.All, HookUrl, HookSecret, MaxConnections, MaxConnectionsPerIp, HelloRate, PublishRate, TrustProxy, Compression, Drain, DrainDelay,
        Echo,
    ];

    /// <summary>The same as the help text has them: each is in one group.</summary>
    public static readonly ImmutableArray<OptionGroup> Groups =
    [
        new("Listening", [Listen, AdminListen, Certificate, Key, TrustProxy]),
        new("Access", [PublishKey, AllowOrigin, .. AccessDefinitions.All]),
        new("Delivery", [Cache, Resume, CacheSize, CacheMemory, Lag, Compression]),
        new("Limits", [ReadBuffer, WriteBuffer, Timeout, MaxConnections, MaxConnectionsPerIp, HelloRate, PublishRate]),
        new("Hooks", [HookUrl, HookSecret]),
        new("Operation", [Verbosity, LogFormat, Drain, DrainDelay, Echo]),
    ];

    /// <summary>Unlike other values a key is told by its place only: what goes to standard error ends up in a log.</summary>
    private static KekerOptions ApplyPublishKeys(KekerOptions options, IReadOnlyList<GivenValue> values, Mistakes mistakes)
    {
        ImmutableArray<byte[]>.Builder keys = ImmutableArray.CreateBuilder<byte[]>(values.Count);
        List<string> files = [];
        for (int i = 0; i < values.Count; i++)
        {
            byte[] key = PublishKeys.Read(values[i].Text, out string? mistake);
            if (mistake is null)
                keys.Add(key);
            if (mistake is null && PublishKeys.IsFile(values[i].Text, out string path))
                files.Add(path);
            if (mistake is not null)
                mistakes.Add(values.Count == 1 ? values[i].Source : $"{values[i].Source} (number {i + 1})", mistake);
        }

        return options with { PublishKeys = keys.ToImmutable(), PublishKeyFiles = [.. files] };
    }

    /// <summary>A URL may hold a secret as well: of both only the place is told.</summary>
    private static KekerOptions ApplyHookUrl(KekerOptions options, IReadOnlyList<GivenValue> values, Mistakes mistakes)
    {
        if (Uri.TryCreate(values[0].Text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
            return options with { HookUrl = url };
        mistakes.Add(values[0].Source, "expected http://host[:port]/path or https://, without a user");
        return options;
    }

    private static KekerOptions ApplyHookSecret(KekerOptions options, IReadOnlyList<GivenValue> values, Mistakes mistakes)
    {
        byte[] secret = PublishKeys.Read(values[0].Text, out string? mistake);
        if (mistake is not null)
            mistakes.Add(values[0].Source, mistake);
        return options with { HookSecret = secret, HookSecretFile = PublishKeys.IsFile(values[0].Text, out string path) ? path : null };
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
