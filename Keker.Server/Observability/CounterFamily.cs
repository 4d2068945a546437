namespace Keker.Server.Observability;

/// <summary>A counter for each of a few keys that are known from the beginning. Thread-safe.</summary>
/// <param name="keys">The keys, each once.</param>
internal sealed class CounterFamily<T>(params T[] keys)
    where T : struct
{
    private readonly Counter[] _counters = Array.ConvertAll(keys, _ => new Counter());

    public IReadOnlyList<T> Keys => keys;

    /// <summary>The counter of a key; not for a hot path.</summary>
    /// <exception cref="IndexOutOfRangeException">It is not one of the keys.</exception>
    public Counter this[T key] => _counters[Array.IndexOf(keys, key)];

    /// <summary>All together. What is counted meanwhile may be in it or not.</summary>
    public long Sum => _counters.Sum(counter => counter.Value);
}
