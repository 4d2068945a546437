using Keker.Benchmarks.Common.Proxy;
using Keker.Benchmarks.Soak;
using Keker.Server.Observability;

namespace Keker.Benchmarks.Chaos;

/// <summary>What a chaos run counts beside what every soak run counts. Thread-safe.</summary>
internal sealed class ChaosTotals
{
    public CutTotals Cuts { get; } = new();

    public Counter Reconnects { get; } = new();

    /// <summary>Reconnects whose HELLO came while the server took the old connection for open.</summary>
    public Counter Unnoticed { get; } = new();

    /// <summary>Closes with 1009 by clients that got more than they can take.</summary>
    public Counter Choked { get; } = new();

    public Counter Restarts { get; } = new();

    /// <summary>Restarts before which the server did not end with status 0.</summary>
    public Counter BadExits { get; } = new();

    /// <summary>What had been published before SIGTERM, and did not come before the goodbye.</summary>
    public Counter LostInDrain { get; } = new();

    public DeliveryTotals Plain { get; } = new("plain, own token");

    public DeliveryTotals PlainNamed { get; } = new("plain, named topic");

    public DeliveryTotals Tagged { get; } = new("keker.v2, own token");

    public DeliveryTotals TaggedNamed { get; } = new("keker.v2, named topic");

    public DeliveryTotals Crowd { get; } = new("plain, token of a crowd");

    public DeliveryTotals PlainPicky { get; } = new("plain, closes with 1009");

    public DeliveryTotals TaggedPicky { get; } = new("keker.v2, closes with 1009");

    public DeliveryTotals[] Deliveries => [Plain, PlainNamed, Tagged, TaggedNamed, Crowd, PlainPicky, TaggedPicky];

    public double UnnoticedShare => Unnoticed.Value / (double)Math.Max(1, Reconnects.Value);
}
