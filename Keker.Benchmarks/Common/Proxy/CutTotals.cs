using Keker.Server.Observability;

namespace Keker.Benchmarks.Common.Proxy;

/// <summary>What became of connections that were cut. Thread-safe.</summary>
internal sealed class CutTotals
{
    /// <summary>By <see cref="CutKind"/>.</summary>
    public Counter[] ByKind { get; } = [.. Enum.GetValues<CutKind>().Select(_ => new Counter())];

    /// <summary>Held sides that the server has ended by itself.</summary>
    public Counter EndedByServer { get; } = new();

    /// <summary>Held sides that the proxy had to reset.</summary>
    public Counter HeldToTheEnd { get; } = new();
}
