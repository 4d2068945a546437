namespace Keker.Server.Broker.FanOut;

/// <summary>
/// A frame whose bytes depend on the topic. All readers that are sent it, and those whose sockets have taken a part of it, refer to the same bytes,
/// which count once.
/// </summary>
/// <remarks>Thread-safe. The bytes do not change.</remarks>
internal sealed class BuiltFrame(byte[] bytes)
{
    private int _holders;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Whether an unfinished send keeps it alive: another one costs nothing.</summary>
    public bool IsHeld => Volatile.Read(ref _holders) > 0;

    /// <summary>An unfinished send keeps it alive.</summary>
    public void Hold(MemoryGauge gauge)
    {
        if (Interlocked.Increment(ref _holders) == 1)
            gauge.Add(Bytes.Length);
    }

    /// <summary>That send has ended.</summary>
    public void Release(MemoryGauge gauge)
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            gauge.Remove(Bytes.Length);
    }
}
