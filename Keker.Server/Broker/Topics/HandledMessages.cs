namespace Keker.Server.Broker.Topics;

/// <summary>
/// How far a client has handled what has arrived, as far as time tells. A browser answers pings by itself: it may have messages that its page has not come to when the
/// page gives the connection up, or goes. A client with ids says then what it has handled, and is to find the rest.
/// </summary>
/// <remarks>The topic's lock guards it.</remarks>
/// <param name="start">Where the client begins.</param>
internal sealed class HandledMessages(long start)
{
    /// <summary>Milliseconds that a page has: one that is busy for longer misses something only if it goes in just that time.</summary>
    public const long Patience = 10_000;

    private long _handled = start;
    private long _next = start;
    private long _nextSince = long.MinValue;

    /// <summary>The client sets out from an offset.</summary>
    public void Begin(long offset)
    {
        _handled = offset;
        _next = offset;
        _nextSince = long.MinValue;
    }

    /// <summary>What is before this offset had arrived <see cref="Patience"/> ago.</summary>
    /// <param name="arrived">Everything before it has arrived by now.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    public long HandledTo(long arrived, long now)
    {
        if (_nextSince == long.MinValue)
        {
            _next = arrived;
            _nextSince = now;
        }
        else if (now - _nextSince >= Patience)
        {
            _handled = _next;
            _next = arrived;
            _nextSince = now;
        }
        return _handled;
    }
}
