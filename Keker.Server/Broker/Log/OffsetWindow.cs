namespace Keker.Server.Broker.Log;

/// <summary>The lowest of the offsets that were added last: entries come and go in the order of their numbers.</summary>
/// <remarks>
/// Not thread-safe. Only those are held that may yet be the lowest, so offsets grow from the first to the last: a later one that is not higher
/// outlives all before it. Adding is O(1) on average, the lowest is at hand.
/// </remarks>
internal sealed class OffsetWindow
{
    private readonly LinkedList<(long Number, long Offset)> _entries = new();

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The lowest offset; after all there is when there is none.</summary>
    public long Lowest => _entries.First?.Value.Offset ?? long.MaxValue;

    /// <summary>Adds an offset under a number that is higher than all before.</summary>
    public void Add(long number, long offset)
    {
        while (_entries.Last is { } last && last.Value.Offset >= offset)
            _entries.RemoveLast();
        _entries.AddLast((number, offset));
    }

    /// <summary>Takes out everything up to and including a number.</summary>
    public void RemoveUpTo(long number)
    {
        while (_entries.First is { } first && first.Value.Number <= number)
            _entries.RemoveFirst();
    }
}
