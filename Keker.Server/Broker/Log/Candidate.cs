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
    /// <param name="log">The topic's log; its lock is held.</param>
    /// <param name="member">The client's session.</param>
    /// <param name="clientCode">The code of the client's Close: too big means the largest, binary the first binary one, anything else the first.</param>
    /// <returns>Null when there is none.</returns>
    public static Candidate? Find(PublicationRing log, Subscription member, ushort clientCode)
    {
        Candidate? found = null;
        for (long offset = member.Confirmed; log.TryNext(ref offset, out Publication? publication) && offset < member.OfferedTo; offset++)
        {
            if ((clientCode == CloseCode.UnsupportedData && publication.OpCode != OpCode.Binary) || member.Skipped?.Contains(offset) is true)
                continue;
            if (found is null || publication.Payload.Length > found.Value.Length)
                found = new Candidate(offset, publication.Payload.Length, publication.AcceptedAt);
            if (clientCode != CloseCode.MessageTooBig)
                break;
        }
        return found;
    }
}
