namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>All targets, for the command line and for the tests.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new RequestHeadTarget(),
        new ChunkedBodyTarget(),
        new FramesTarget(),
        new HelloTarget(),
        new HandshakeTarget(),
        new ExtensionsTarget(),
        new InflateTarget(),
        new CommandsTarget(),
        new BatchLinesTarget(),
        new QueriesTarget(),
        new ProxiesTarget(),
        new JwtTarget(),
    ];

    public static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
