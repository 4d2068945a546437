namespace Keker.Server.Broker;

/// <summary>A count of bytes that many threads add to and take from. Thread-safe.</summary>
internal sealed class MemoryGauge
{
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(long bytes)
    {
        if (bytes != 0)
            Interlocked.Add(ref _bytes, bytes);
    }

    public void Remove(long bytes) => Add(-bytes);
}
