using Keker.Server.Broker.Cache;
using Keker.Server.Broker.FanOut;

namespace Keker.Server.Broker.Log;

/// <summary>Reads what a topic keeps for newcomers as it reads its log: in the order of the offsets, with what is missing in its place.</summary>
internal static class KeptReading
{
    /// <summary>References to the kept messages from an offset on that follow one another, as many as fit the batch.</summary>
    /// <param name="kept">The messages; the topic's lock is held.</param>
    /// <param name="offset">Where the batch is to go on; before its <see cref="Batch.KeptEnd"/>.</param>
    /// <param name="end">Where it ends at the latest.</param>
    /// <param name="batch">Gets them, and learns what is missing before the first.</param>
    /// <param name="lostBeforeTail">See <see cref="PublicationRing.LostBeforeTail"/>.</param>
    public static void Read(KeptMessages kept, long offset, long end, Batch batch, long lostBeforeTail)
    {
        long first = offset;
        if (!kept.Publications.TryNext(ref first, out _) || first >= batch.KeptEnd)
        {
            batch.StepTo(batch.KeptEnd, Math.Min(batch.KeptEnd, Math.Max(kept.LostBefore, lostBeforeTail)));
            return;
        }
        kept.Publications.Read(offset, end, batch);

        // What was lost before the first there is has left no place behind.
        batch.StepTo(batch.Start, Math.Min(batch.Start, Math.Max(batch.LostBefore, kept.Publications.Tail)));
    }
}
