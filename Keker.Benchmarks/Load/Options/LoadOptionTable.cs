using System.Globalization;

namespace Keker.Benchmarks.Load.Options;

/// <summary>All options of the load generator.</summary>
internal static class LoadOptionTable
{
    public const int MinSize = 64;
    public const int MaxSize = 1 << 20;
    public const int MaxWindow = 4096;

    /// <summary>What --compare knows.</summary>
    public static readonly IReadOnlyList<string> Peers = ["kestrel", "signalr", "nchan"];

    public static readonly IReadOnlyList<LoadOption> All =
    [
        Number("--connections", LoadMode.Subscribing, 1, 1_000_000, (options, value) => options with { Connections = value }),
        Number("--size", LoadMode.Publishing, MinSize, MaxSize, (options, value) => options with { Size = value }),
        Number("--window", LoadMode.Fanout, 1, MaxWindow, (options, value) => options with { Window = value }),
        Number("--publishers", LoadMode.Publishing, 1, 256, (options, value) => options with { Publishers = value }),
        Number("--depth", LoadMode.Direct | LoadMode.Http, 1, 1024, (options, value) => options with { Depth = value }),
        Seconds("--seconds", LoadMode.Publishing | LoadMode.Connect, 0.1, (options, value) => options with { Duration = value }),
        Seconds("--warmup", LoadMode.Publishing | LoadMode.Connect, 0, (options, value) => options with { WarmUp = value }),
        Seconds("--hold", LoadMode.Idle, 0.1, (options, value) => options with { Hold = value }),
        Number("--rounds", LoadMode.Any, 1, 100, (options, value) => options with { Rounds = value }),
        new("--json", LoadMode.Any, "the name of a file, or - for standard output", (options, value) => value.Length > 0 ? options with { Json = value } : null),
        new("--verify", LoadMode.Delivering, null, (options, _) => options with { Verify = true }),
        new("--nopin", LoadMode.Any, null, (options, _) => options with { Pin = false }),
        new("--compare", LoadMode.Any, $"a list without repetitions out of {string.Join(',', Peers)}", Compare),
        new("--url", LoadMode.Any, "like ws://127.0.0.1:3498, without a path", Server),
    ];

    private static LoadOption Number(string name, LoadMode modes, int least, int most, Func<LoadOptions, int, LoadOptions> set) =>
        new(name, modes, $"a whole number from {least} to {most}", (options, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? set(options, value) : null);

    private static LoadOption Seconds(string name, LoadMode modes, double least, Func<LoadOptions, TimeSpan, LoadOptions> set)
    {
        const double most = 86400;
        string wanted = string.Create(CultureInfo.InvariantCulture, $"a number of seconds from {least} to {most}");
        return new(name, modes, wanted, (options, text) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
                ? set(options, TimeSpan.FromSeconds(value))
                : null);
    }

    private static LoadOptions? Compare(LoadOptions options, string text)
    {
        string[] names = text.Split(',');
        return names.All(Peers.Contains) && names.Distinct().Count() == names.Length ? options with { Compare = names } : null;
    }

    private static LoadOptions? Server(LoadOptions options, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeWs && url is { Host.Length: > 0, PathAndQuery: "/", UserInfo: "", Fragment: "" }
            ? options with { Url = url }
            : null;
}
