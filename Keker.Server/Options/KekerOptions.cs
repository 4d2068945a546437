using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Options;

/// <summary>
/// What the operator decides, with the default of each decision. Bounds that nobody has to decide are in <see cref="Limits"/>.
/// Immutable; <see cref="CommandLine"/> checks the values, a record made by hand is taken as it is.
/// </summary>
internal sealed record KekerOptions
{
    public const int DefaultPort = 3498;

    /// <summary>A member must be able to have a few messages of full size on their way before it counts as slow.</summary>
    public const int LagPerWriteBuffer = 4;

    public ImmutableArray<ListenAddress> Listen { get; init; } = [ListenAddress.Parse($"0.0.0.0:{DefaultPort}")];

    /// <summary>PEM certificate chain; set together with <see cref="KeyPath"/> or not at all.</summary>
    public string? CertificatePath { get; init; }

    public string? KeyPath { get; init; }

    /// <summary>Largest message accepted from a client, in bytes.</summary>
    public int ReadBuffer { get; init; } = 50 * 1024;

    /// <summary>Largest body accepted by publish and broadcast, in bytes.</summary>
    public int WriteBuffer { get; init; } = 1024 * 1024;

    /// <summary>Deadline for HELLO and for a sign of life; whole seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an undelivered message waits; zero turns caching off.</summary>
    public TimeSpan Cache { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a broken position holds; zero: not at all.</summary>
    public TimeSpan Resume { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes that wait per token or topic, and as many that are not confirmed.</summary>
    public int CacheSize { get; init; } = 256 * 1024;

    /// <summary>How far a member may fall behind its topic, in bytes; at least <see cref="LagPerWriteBuffer"/> times <see cref="WriteBuffer"/>.</summary>
    public long Lag { get; init; } = 4 * 1024 * 1024;

    /// <summary>Cached bytes in all.</summary>
    public long CacheMemory { get; init; } = 64 * 1024 * 1024;

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel Verbosity { get; init; } = LogLevel.Information;

    /// <summary>How lines of the log look; null leaves it to where they go.</summary>
    public LogFormat? LogFormat { get; init; }

    /// <summary>Keys as UTF-8, of which publishing needs one; empty leaves publishing open.</summary>
    public ImmutableArray<byte[]> PublishKeys { get; init; } = [];

    /// <summary>The files that some of the keys come from.</summary>
    public ImmutableArray<string> PublishKeyFiles { get; init; } = [];

    /// <summary>The only addresses that serve publishing and statistics; empty serves them on <see cref="Listen"/>.</summary>
    public ImmutableArray<ListenAddress> AdminListen { get; init; } = [];

    /// <summary>Origins as browsers send them: lower case, no default port. Empty allows any.</summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>Wrong HELLOs and wrong keys a minute from one address; 0 sets no limit.</summary>
    public int HelloRate { get; init; }

    /// <summary>Publishes a second of one publisher; 0 sets no limit.</summary>
    public int PublishRate { get; init; }

    /// <summary>Where the backend is told who comes and goes; null for nowhere.</summary>
    public Uri? HookUrl { get; init; }

    /// <summary>What hooks are signed with; empty for nothing.</summary>
    public byte[] HookSecret { get; init; } = [];

    /// <summary>The file that the secret was read from, where it was.</summary>
    public string? HookSecretFile { get; init; }

    /// <summary>The proxies that are believed when they tell for whom they connect.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Who may.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>Connections at a time; 0 leaves it to the limit of open descriptors.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Connections at a time from one IPv4 address or IPv6 /64 network; 0 sets no limit.</summary>
    public int MaxConnectionsPerIp { get; init; }

    /// <summary>Whether permessage-deflate is negotiated with clients that offer it.</summary>
    public bool Compression { get; init; }

    /// <summary>Whether /v1/echo is served.</summary>
    public bool Echo { get; init; }

    /// <summary>The time over which closes are spread at the end.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time before that, in which only /v1/ready says that the end is near.</summary>
    public TimeSpan DrainDelay { get; init; }
}
