using Keker.Benchmarks.Soak;
using Keker.Server.Observability;

namespace Keker.Benchmarks.Chaos;

/// <summary>What clients of one kind got of streams of one kind. Thread-safe.</summary>
/// <param name="name">Which clients and streams, for the table.</param>
internal sealed class DeliveryTotals(string name)
{
    public string Name => name;

    public Counter Received { get; } = new();

    public Counter Lost { get; } = new();

    /// <summary>The same, each message once, whoever has not got it.</summary>
    public Counter LostOnce { get; } = new();

    /// <summary>Whether messages may be lost, since there is no room for all: then it is told where there are ids, and counted.</summary>
    public bool MayLose { get; set; }

    public Counter Reordered { get; } = new();

    /// <summary>Messages that came again where they must not.</summary>
    public Counter Duplicated { get; } = new();

    /// <summary>Messages that came again at the beginning of a connection after a break; plain clients cannot be told where they were.</summary>
    public Counter Repeated { get; } = new();

    /// <summary>Times that the server said that messages are gone for good.</summary>
    public Counter Gaps { get; } = new();

    /// <summary>What has to be zero.</summary>
    public long Violations => (MayLose ? 0 : Lost.Value + Gaps.Value) + Reordered.Value + Duplicated.Value;
}
