using Keker.Server.Broker.Cache;
using Keker.Server.Broker.FanOut;

namespace Keker.Server.Broker.Log;

/// <summary>Reads what a topic keeps for newcomers as it reads its log: in the order of the offsets, with what is missing in its place.</summary>
internal static class KeptReading
{
    /// <summary>
    /// References to the kept messages from an offset on, as many as fit the batch. It goes over what is missing between them, unless whoever gets it is to be told of
    /// it there.
    /// </summary>
    /// <param name="kept">The messages; the topic's lock is held.</param>
    /// <param name="offset">Where the batch is to go on; before its <see cref="Batch.KeptEnd"/>.</param>
    /// <param name="end">Where it ends at the latest.</param>
    /// <param name="batch">Gets them, and learns what is missing before the first.</param>
    /// <param name="lostBeforeTail">See <see cref="PublicationRing.LostBeforeTail"/>.</param>
    public static void Read(KeptMessages kept, long offset, long end, Batch batch, long lostBeforeTail)
    {
        long next = offset;
        bool isAny = kept.Publications.TryNext(ref next, out Publication? publication, out long lost) && next < batch.KeptEnd;
        if (isAny)
            batch.StepTo(next, Math.Min(next, Math.Max(lost, kept.Publications.Tail)));
        else
            batch.StepTo(batch.KeptEnd, Math.Min(batch.KeptEnd, Math.Max(kept.LostBefore, lostBeforeTail)));
        long last = Math.Min(end, batch.KeptEnd);
        while (isAny && next < last && batch.TryAdd(publication!, next))
        {
            long after = ++next;
            isAny = kept.Publications.TryNext(ref next, out publication, out lost) && !(batch.TellsLosses && lost > after);
        }
    }
}
