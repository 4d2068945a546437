namespace Keker.Benchmarks.Load.Measures;

/// <summary>What one thread has counted; it alone writes, others read the sums while it goes on.</summary>
internal sealed class Tally
{
    private long _delivered;

    /// <summary>Messages that came as they should, or late.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    public long Duplicated { get; set; }

    public long OutOfOrder { get; set; }

    /// <summary>For another token than the subscriber's.</summary>
    public long Misrouted { get; set; }

    /// <summary>Of a wrong length, or with wrong bytes.</summary>
    public long Damaged { get; set; }

    public LatencyHistogram Latency { get; } = new();

    public void CountDelivered() => Volatile.Write(ref _delivered, _delivered + 1);
}
