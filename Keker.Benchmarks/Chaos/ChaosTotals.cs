using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>What a chaos run counts beside what every soak run counts. Thread-safe.</summary>
internal sealed class ChaosTotals
{
    /// <summary>By <see cref="CutKind"/>.</summary>
    public Tally[] Cuts { get; } = [new(), new(), new()];

    public Tally Reconnects { get; } = new();

    /// <summary>Reconnects whose HELLO came while the server took the old connection for open.</summary>
    public Tally Unnoticed { get; } = new();

    public DeliveryTotals Plain { get; } = new("plain, own token");

    public DeliveryTotals PlainNamed { get; } = new("plain, named topic");

    public DeliveryTotals Tagged { get; } = new("keker.v2, own token");

    public DeliveryTotals TaggedNamed { get; } = new("keker.v2, named topic");

    public DeliveryTotals[] Deliveries => [Plain, PlainNamed, Tagged, TaggedNamed];

    /// <summary>Held sides that the server has ended by itself.</summary>
    public Tally EndedByServer { get; } = new();

    /// <summary>Held sides that the proxy had to reset.</summary>
    public Tally HeldToTheEnd { get; } = new();

    public double UnnoticedShare => Unnoticed.Value / (double)Math.Max(1, Reconnects.Value);
}
