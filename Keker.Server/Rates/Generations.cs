namespace Keker.Server.Rates;

/// <summary>A table that forgets: of two generations the older one goes when the newer is full, so that strangers fill no more than so much.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <typeparam name="TKey">Names an entry.</typeparam>
/// <typeparam name="TValue">An entry.</typeparam>
/// <param name="most">Entries of one generation.</param>
internal sealed class Generations<TKey, TValue>(int most)
    where TKey : notnull
    where TValue : class, new()
{
    private Dictionary<TKey, TValue> _recent = [];
    private Dictionary<TKey, TValue> _older = [];

    /// <summary>The entry of a name, or null.</summary>
    public TValue? Find(TKey key) => _recent.GetValueOrDefault(key) ?? _older.GetValueOrDefault(key);

    /// <summary>The entry of a name; made when there is none.</summary>
    public TValue GetOrAdd(TKey key)
    {
        if (_recent.TryGetValue(key, out TValue? known))
            return known;
        if (!_older.Remove(key, out known))
            known = new TValue();
        if (_recent.Count >= most)
            (_older, _recent) = (_recent, []);
        _recent[key] = known;
        return known;
    }
}
