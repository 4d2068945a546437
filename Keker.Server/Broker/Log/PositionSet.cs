namespace Keker.Server.Broker.Log;

/// <summary>Broken positions by offset, or by what is needed for them. Most often there is one.</summary>
/// <remarks>Not thread-safe, and a mutable struct: keep it in a field. All is O(log n): a whole crowd may break within a second, and come back in the next.</remarks>
/// <param name="isByNeed">True: by <see cref="BrokenPosition.NeededFrom"/>.</param>
internal struct PositionSet(bool isByNeed)
{
    private static readonly Comparer<BrokenPosition> ByOffset =
        Comparer<BrokenPosition>.Create(static (one, other) => (one.Offset, one.Number).CompareTo((other.Offset, other.Number)));

    private static readonly Comparer<BrokenPosition> ByNeed =
        Comparer<BrokenPosition>.Create(static (one, other) => (one.NeededFrom, one.Number).CompareTo((other.NeededFrom, other.Number)));

    private BrokenPosition? _only;
    private SortedSet<BrokenPosition>? _several;

    public readonly int Count => _several?.Count ?? (_only is null ? 0 : 1);

    /// <summary>The lowest offset, or need; after all there is when there is none.</summary>
    public readonly long Lowest => (_several is null ? _only : _several.Min) is { } lowest ? (isByNeed ? lowest.NeededFrom : lowest.Offset) : long.MaxValue;

    /// <summary>All of them, the lowest first.</summary>
    public readonly IEnumerable<BrokenPosition> All => _several ?? (_only is null ? [] : (IEnumerable<BrokenPosition>)[_only]);

    public void Add(BrokenPosition position)
    {
        if (_several is null && _only is null)
        {
            _only = position;
            return;
        }
        _several ??= new SortedSet<BrokenPosition>(isByNeed ? ByNeed : ByOffset) { _only! };
        _only = null;
        _several.Add(position);
    }

    /// <summary>Takes out a position that is in it.</summary>
    public void Remove(BrokenPosition position)
    {
        if (_several is null)
        {
            _only = null;
            return;
        }
        _several.Remove(position);
        if (_several.Count == 0)
            _several = null;
    }
}
