namespace Keker.Server.Broker.Topics;

/// <summary>The messages of a topic that one session is not sent: because its client cannot take them, or because their time was up when it came.</summary>
/// <remarks>For the owner of the session's gate where it says nothing else.</remarks>
internal sealed class SkippedMessages
{
    private readonly long[] _refused;
    private readonly long[] _offsets;
    private int _passed;

    private SkippedMessages(long[] refused, long[] expired)
    {
        _refused = refused;
        _offsets = expired.Length == 0 ? refused : [.. refused.Union(expired).Order()];
    }

    /// <summary>Of two kinds of offsets.</summary>
    /// <param name="refused">What the client cannot take: ascending, not changed any more. It is told that it misses them, where messages have ids.</param>
    /// <param name="expired">What nobody misses: ascending.</param>
    /// <returns>Null when there are none.</returns>
    public static SkippedMessages? Of(long[] refused, long[] expired) => refused.Length + expired.Length == 0 ? null : new(refused, expired);

    /// <summary>Whether it is not sent a message. For any thread.</summary>
    public bool Contains(long offset) => Array.BinarySearch(_offsets, offset) >= 0;

    /// <summary>Whether the client would want a message that it is not sent.</summary>
    public bool IsLoss(long offset) => Array.BinarySearch(_refused, offset) >= 0;

    /// <summary>The first one at a cursor or after it; after all there is when there is none.</summary>
    public long NextFrom(long cursor)
    {
        while (_passed < _offsets.Length && _offsets[_passed] < cursor)
            _passed++;
        return _passed < _offsets.Length ? _offsets[_passed] : long.MaxValue;
    }
}
