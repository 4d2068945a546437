namespace Keker.Server.Broker.Log;

/// <summary>The broken positions that hold of one token in one topic.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it.</remarks>
internal sealed class TokenPositions
{
    private PositionSet _holding;
    private MarkPositions? _first;
    private Dictionary<ulong, MarkPositions>? _others;

    public bool IsEmpty => _holding.Count == 0;

    /// <summary>The lowest of all; after all there is when there is none.</summary>
    public long Lowest => _holding.Lowest;

    /// <summary>Where a client starts: at the lowest position of its own mark where one of these is free, else at the lowest of all.</summary>
    public long StartOf(ulong mark) => Find(mark) is { Lowest: < long.MaxValue and var lowest } ? lowest : Lowest;

    /// <inheritdoc cref="MarkPositions.OnlyFree"/>
    public BrokenPosition? OnlyFree(ulong mark) => Find(mark)?.OnlyFree;

    public void Add(BrokenPosition position)
    {
        _holding.Add(position);
        ulong mark = position.Client.Mark;
        MarkPositions? own = Find(mark);
        if (own is null)
        {
            own = new MarkPositions(mark);
            if (_first is null)
                _first = own;
            else
                (_others ??= []).Add(mark, own);
        }
        own.Add(position);
    }

    /// <summary>Takes out a position that is in it.</summary>
    public void Remove(BrokenPosition position)
    {
        _holding.Remove(position);
        MarkPositions own = Find(position.Client.Mark)!;
        own.Remove(position);
        if (!own.IsEmpty)
            return;
        if (own == _first)
            _first = null;
        else
            _others!.Remove(own.Mark);
    }

    private MarkPositions? Find(ulong mark) => _first?.Mark == mark ? _first : _others?.GetValueOrDefault(mark);
}
