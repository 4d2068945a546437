namespace Keker.Tests.Server.Broker.Log;

/// <summary>A broken position of <see cref="ComingBackModel"/>.</summary>
internal sealed class ModelPosition(long offset, ulong mark)
{
    public long Offset { get; } = offset;

    public ulong Mark { get; } = mark;

    public int ExpiresAt { get; set; }

    /// <summary>The session that took it over; the position ends with it.</summary>
    public ModelSession? Taker { get; set; }

    /// <summary>The session that only counts as broken, until it answers or ends.</summary>
    public ModelSession? Suspect { get; set; }
}
