namespace Keker.Server.Broker.Log;

/// <summary>The positions that hold of clients of one token that look alike.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it.</remarks>
/// <param name="mark">See <see cref="Sessions.ISessionTransport.Mark"/>.</param>
internal sealed class MarkPositions(ulong mark)
{
    private PositionSet _holding;
    private int _free;

    public ulong Mark { get; } = mark;

    public bool IsEmpty => _holding.Count == 0;

    /// <summary>The lowest of them, where one is free; after all there is where none is.</summary>
    public long Lowest => _free > 0 ? _holding.Lowest : long.MaxValue;

    /// <summary>The one that is free; null where none is, or several are: then nobody can tell who came.</summary>
    public BrokenPosition? OnlyFree
    {
        get
        {
            if (_free != 1)
                return null;
            foreach (BrokenPosition position in _holding.All)
            {
                if (position.Taker is null)
                    return position;
            }
            return null;
        }
    }

    public void Add(BrokenPosition position)
    {
        _holding.Add(position);
        _free += position.Taker is null ? 1 : 0;
    }

    /// <summary>Takes out a position that is in it.</summary>
    public void Remove(BrokenPosition position)
    {
        _holding.Remove(position);
        _free -= position.Taker is null ? 1 : 0;
    }
}
