namespace Keker.Benchmarks.Soak;

/// <summary>A number that many tasks add to. Thread-safe.</summary>
internal sealed class Tally
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Add(long count = 1) => Interlocked.Add(ref _value, count);
}
