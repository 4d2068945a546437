namespace Keker.Server.Broker.Log;

/// <summary>How long the last broadcasts were, which no log keeps: who closes because of one shall not have another message taken away.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it.</remarks>
internal sealed class RecentLengths
{
    private const int Most = 64;

    private readonly int[] _lengths = new int[Most];
    private long _head;

    /// <summary>A broadcast was appended.</summary>
    public void Add(long offset, int length)
    {
        _lengths[offset % Most] = length;
        _head = offset + 1;
    }

    /// <summary>The longest in a range of offsets: 0 where there is none, the longest possible where it is not known any more.</summary>
    public int Longest(long from, long to)
    {
        if (from >= to)
            return 0;
        if (from < _head - Most)
            return int.MaxValue;
        int longest = 0;
        for (long offset = from; offset < to; offset++)
            longest = Math.Max(longest, _lengths[offset % Most]);
        return longest;
    }
}
