using System.Diagnostics.CodeAnalysis;

namespace Keker.Server.Access;

/// <summary>
/// Things that were found out, by their names, bounded in number and in bytes. Those that were not looked up for long give way to what is new: there are two generations,
/// and what is found in the older one moves to the newer. Thread-safe.
/// </summary>
/// <param name="most">Things of one generation.</param>
/// <param name="mostBytes">Bytes of one generation.</param>
internal sealed class Remembered<TName, TThing>(int most, long mostBytes)
    where TName : notnull
{
    private readonly Lock _lock = new();
    private Dictionary<TName, (TThing Thing, int Bytes)> _recent = [];
    private Dictionary<TName, (TThing Thing, int Bytes)> _older = [];
    private long _recentBytes;

    /// <summary>Finds a thing.</summary>
    /// <returns>False where it is not known, or not any more.</returns>
    public bool TryFind(TName name, [MaybeNullWhen(false)] out TThing thing)
    {
        lock (_lock)
        {
            bool isFound = _recent.TryGetValue(name, out (TThing Thing, int Bytes) found);
            if (!isFound && _older.Remove(name, out found))
            {
                isFound = true;
                Put(name, found);
            }
            thing = found.Thing;
            return isFound;
        }
    }

    /// <summary>Keeps a thing, in place of what had its name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="thing">The thing.</param>
    /// <param name="bytes">What it holds of memory.</param>
    public void Add(TName name, TThing thing, int bytes)
    {
        lock (_lock)
            Put(name, (thing, bytes));
    }

    private void Put(TName name, (TThing Thing, int Bytes) one)
    {
        if (_recent.Count >= most || _recentBytes + one.Bytes > mostBytes)
        {
            (_older, _recent) = (_recent, []);
            _recentBytes = 0;
        }
        if (_recent.TryGetValue(name, out (TThing Thing, int Bytes) earlier))
            _recentBytes -= earlier.Bytes;
        _recent[name] = one;
        _recentBytes += one.Bytes;
    }
}
