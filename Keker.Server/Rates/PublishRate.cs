using Keker.Server.Observability;

namespace Keker.Server.Rates;

/// <summary>How much each publisher publishes: a bucket for each key, token or address, which is filled evenly and holds a second's worth.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="perSecond">Messages a second; at least 1.</param>
/// <param name="clock">Measures it.</param>
internal sealed class PublishRate(int perSecond, MonotonicClock clock)
{
    /// <summary>Publishers of one generation. Who is forgotten has a full bucket again.</summary>
    private const int MostPublishers = 32_768;

    private readonly Lock _lock = new();
    private readonly Generations<UInt128, PublishBucket> _buckets = new(MostPublishers);

    /// <summary>Messages a second.</summary>
    public int PerSecond => perSecond;

    /// <summary>The bucket of a publisher.</summary>
    public PublishBucket Find(UInt128 publisher)
    {
        lock (_lock)
            return _buckets.GetOrAdd(publisher);
    }

    /// <summary>Takes one message out of a bucket.</summary>
    /// <returns>False when it is empty.</returns>
    public bool TryTake(PublishBucket bucket)
    {
        lock (bucket)
        {
            long now = clock.Now;
            if (bucket.FilledAt < 0)
                bucket.Thousandths = 1000L * perSecond;
            else
                bucket.Thousandths = Math.Min(1000L * perSecond, bucket.Thousandths + Math.Min(now - bucket.FilledAt, 1000) * perSecond);
            bucket.FilledAt = now;
            if (bucket.Thousandths < 1000)
                return false;
            bucket.Thousandths -= 1000;
            return true;
        }
    }
}
