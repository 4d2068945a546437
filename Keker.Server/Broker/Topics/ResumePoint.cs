using Keker.Protocol.Commands;

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

    /// <summary>Goes on right after what the client has; where that has left the log, or is of another life of it, with the oldest there is.</summary>
    /// <returns>The offset to start at.</returns>
    public long Resolve(ulong epoch, long tail, long head)
    {
        bool isKnown = After.Epoch == epoch && After.Offset >= tail && After.Offset <= head;
        Start = isKnown ? After : new MessageId(epoch, tail);
        return Start.Offset;
    }
}
