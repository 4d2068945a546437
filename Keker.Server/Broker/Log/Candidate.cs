using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Log;

/// <summary>A message of one topic that a client may not be able to take.</summary>
/// <param name="Offset">The message.</param>
/// <param name="Length">Bytes of its payload.</param>
/// <param name="AcceptedAt">When it was accepted, in milliseconds of the clock.</param>
internal readonly record struct Candidate(long Offset, int Length, long AcceptedAt)
{
    /// <summary>Looks through what a client was sent and has not confirmed.</summary>
    /// <param name="log">The topic's log; the topic's lock is held.</param>
    /// <param name="member">The client's session.</param>
    /// <param name="clientCode">The code of the client's Close: too big means the largest, binary the first binary one, anything else the first.</param>
    /// <returns>Null when there is none.</returns>
    public static Candidate? Find(TopicLog log, Subscription member, ushort clientCode)
    {
        Candidate? found = null;
        if (log.Kept is { } kept && member.Arrived < member.LiveFrom)
            Find(kept.Publications, member, member.Arrived, Math.Min(member.OfferedTo, member.LiveFrom), clientCode, ref found);
        if (found is null || clientCode == CloseCode.MessageTooBig)
            Find(log.Publications, member, member.Confirmed, member.OfferedTo, clientCode, ref found);
        return found;
    }

    private static void Find(PublicationRing publications, Subscription member, long from, long to, ushort clientCode, ref Candidate? found)
    {
        for (long offset = from; publications.TryNext(ref offset, out Publication? publication) && offset < to; offset++)
        {
            if ((clientCode == CloseCode.UnsupportedData && publication.OpCode != OpCode.Binary) || member.Skipped?.Contains(offset) is true)
                continue;
            if (found is null || publication.Payload.Length > found.Value.Length)
                found = new Candidate(offset, publication.Payload.Length, publication.AcceptedAt);
            if (clientCode != CloseCode.MessageTooBig)
                break;
        }
    }
}
