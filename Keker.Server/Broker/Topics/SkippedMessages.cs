namespace Keker.Server.Broker.Topics;

/// <summary>The messages of a topic that one session is not sent, because its client cannot take them.</summary>
/// <remarks>For the owner of the session's gate where it says nothing else.</remarks>
/// <param name="offsets">Ascending; not changed any more.</param>
internal sealed class SkippedMessages(long[] offsets)
{
    private int _passed;

    /// <summary>Whether it is not sent a message. For any thread.</summary>
    public bool Contains(long offset) => Array.BinarySearch(offsets, offset) >= 0;

    /// <summary>The first one at a cursor or after it; after all there is when there is none.</summary>
    public long NextFrom(long cursor)
    {
        while (_passed < offsets.Length && offsets[_passed] < cursor)
            _passed++;
        return _passed < offsets.Length ? offsets[_passed] : long.MaxValue;
    }
}
