using Keker.Protocol.Commands;
using Keker.Server.Broker.Log;

namespace Keker.Server.Broker.Topics;

/// <summary>A client that comes back names the last message it got; this says where it goes on.</summary>
/// <remarks>Set once, under the topic's lock, when it joins.</remarks>
/// <param name="after">What it names: the offset is the number of messages it has had of the topic.</param>
internal sealed class ResumePoint(MessageId after)
{
    public MessageId After { get; } = after;

    /// <summary>Where it goes on.</summary>
    public MessageId Start { get; private set; }

    /// <summary>True when messages between the two may be gone for good.</summary>
    public bool IsGap => After != Start;

    /// <summary>
    /// Goes on right after what the client has; where that is of another life of the topic, with the oldest there is. Where it has left the log as well, unless
    /// the topic keeps messages: what is missing between those is told in its place.
    /// </summary>
    /// <param name="epoch">Names the life of the topic.</param>
    /// <param name="head">Where its log ends.</param>
    /// <param name="log">The log; null while there is none.</param>
    /// <returns>The offset to start at in the log.</returns>
    public long Resolve(ulong epoch, long head, TopicLog? log)
    {
        long tail = log?.Tail ?? 0;
        bool isKnown = After.Epoch == epoch && After.Offset <= head && (After.Offset >= tail || log?.Kept is not null);
        Start = isKnown ? After : new MessageId(epoch, log?.Oldest ?? 0);
        return Math.Max(Start.Offset, tail);
    }
}
