using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Log;

/// <summary>The place behind the last message that a session had confirmed when it broke: a HELLO of its token starts there while it holds.</summary>
/// <remarks>
/// The topic's lock guards it. <see cref="ExpiresAt"/> and <see cref="Node"/> belong to the <see cref="BreakLedger"/>.
/// </remarks>
/// <param name="topic">Whose messages.</param>
/// <param name="client">Whose session.</param>
/// <param name="offset">Everything before it has arrived.</param>
/// <param name="neededFrom">See <see cref="NeededFrom"/>.</param>
/// <param name="number">Tells positions at one offset apart.</param>
internal sealed class BrokenPosition(Topic topic, ClientKey client, long offset, long neededFrom, long number)
{
    public Topic Topic { get; } = topic;

    public ClientKey Client { get; } = client;

    public long Offset { get; } = offset;

    /// <summary>From here on the log is kept, at or before <see cref="Offset"/>: what has arrived its client may not have handled, and may name an id before it.</summary>
    public long NeededFrom { get; } = neededFrom;

    public long Number { get; } = number;

    /// <summary>The session that has taken it over: the position ends with it. Null while it is free.</summary>
    public Subscription? Taker { get; set; }

    /// <summary>False while it is set aside: who has taken it over counts as broken itself, with a position of its own.</summary>
    public bool Holds { get; set; } = true;

    /// <summary>True once it has ended.</summary>
    public bool HasEnded { get; set; }

    /// <summary>When its time is up, in milliseconds of the clock; not before its session is known to have ended.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>Its place among the positions of all topics; null while it is not there.</summary>
    public LinkedListNode<BrokenPosition>? Node { get; set; }
}
