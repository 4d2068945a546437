namespace Keker.Server.Broker.Log;

/// <summary>The share of one owner in a gauge.</summary>
/// <remarks>Its owner's lock guards it. A mutable struct: keep it in a field.</remarks>
internal struct GaugedBytes
{
    private long _bytes;

    /// <summary>The share is this from now on.</summary>
    public void Set(MemoryGauge gauge, long bytes)
    {
        gauge.Add(bytes - _bytes);
        _bytes = bytes;
    }

    /// <summary>What all the others have in the gauge.</summary>
    public readonly long OfOthers(MemoryGauge gauge) => gauge.Bytes - _bytes;
}
