using Keker.Server.Broker.Cache;

namespace Keker.Server.Broker.Log;

/// <summary>The bytes of one log that are there although everybody was sent them, and their share in the gauge of all topics.</summary>
/// <remarks>The topic's lock guards it. A mutable struct: keep it in a field.</remarks>
internal struct SentShare
{
    private long _gauged;
    private long _end;

    /// <summary>Everybody was sent what is before a position.</summary>
    public void SentTo(long position) => _end = position;

    /// <summary>The share is what there is now.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cache">What of it waits, which nobody was sent; null for nothing.</param>
    /// <param name="context">Has the gauge.</param>
    public void Gauge(PublicationRing log, TopicCache? cache, BrokerContext context)
    {
        long bytes = Bytes(log, cache);
        context.RetainedMemory.Add(bytes - _gauged);
        _gauged = bytes;
    }

    /// <summary>Bytes that may be kept although everybody was sent them. Over the bound in all broken positions go first, the oldest of all topics first.</summary>
    public readonly long Most(PublicationRing log, TopicCache? cache, BrokerContext context)
    {
        long inAll = context.RetainedMemory.Bytes - _gauged + Math.Min(Bytes(log, cache), context.Limits.CacheSize);
        return inAll > context.Limits.CacheMemory && context.Breaks.Count == 0 ? 0 : context.Limits.CacheSize;
    }

    private readonly long Bytes(PublicationRing log, TopicCache? cache) => Math.Max(0, log.Bytes - (log.HeadPosition - _end) - (cache?.Cost ?? 0));
}
