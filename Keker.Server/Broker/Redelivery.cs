namespace Keker.Server.Broker;

/// <summary>A session that began with messages of which one may be what its client cannot take.</summary>
/// <remarks>Set by the owner of the session's gate; others read it once the session has ended.</remarks>
/// <param name="helloAt">When it said HELLO, in milliseconds of the clock.</param>
internal sealed class Redelivery(long helloAt)
{
    private long _firstEnd;

    public long HelloAt { get; } = helloAt;

    /// <summary>Bytes sent on the connection once the first messages were sent; 0 before.</summary>
    public long FirstEnd
    {
        get => Volatile.Read(ref _firstEnd);
        set => Volatile.Write(ref _firstEnd, value);
    }
}
