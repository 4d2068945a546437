using Keker.Protocol.Http;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>All that a caller sees of a chunked body.</summary>
internal sealed record ChunkReading(ChunkStatus Status, HttpFailure Failure, int Consumed, byte[] Body)
{
    /// <summary>Feeds a decoder in pieces, each one once: it keeps what it needs.</summary>
    /// <param name="input">The body and what follows it.</param>
    /// <param name="limit">Most bytes of data.</param>
    /// <param name="head">The head before it, or null for one without fields.</param>
    /// <param name="cuts">Where to cut; null for one piece.</param>
    /// <param name="largest">Most bytes of a piece.</param>
    public static ChunkReading Of(byte[] input, int limit, RequestHead? head, Cuts? cuts, int largest)
    {
        ChunkedDecoder decoder = head is null ? new ChunkedDecoder(limit) : new ChunkedDecoder(limit, head);
        List<byte> body = [];
        ChunkStatus status = ChunkStatus.NeedMore;
        int at = 0;
        while (status == ChunkStatus.NeedMore && at < input.Length)
        {
            int end = Math.Min(input.Length, at + (cuts?.Next(largest) ?? largest));
            do
            {
                status = decoder.Read(input.AsSpan(at..end), out int consumed, out ReadOnlySpan<byte> data);
                Property.Same(status == ChunkStatus.Data, !data.IsEmpty, "Data comes with data, and nothing else does");
                Property.Holds(consumed >= data.Length && consumed <= end - at, "consumed is between the data and the input");
                body.AddRange(data);
                at += consumed;
            }
            while (status == ChunkStatus.Data);
            Property.Holds(status != ChunkStatus.NeedMore || at == end, "NeedMore consumes everything");
        }

        if (status is ChunkStatus.Complete or ChunkStatus.Failed)
        {
            ChunkStatus again = decoder.Read("0\r\n\r\n"u8, out int consumed, out _);
            Property.Same((status, 0), (again, consumed), "asked after the end");
        }

        Property.Same(status == ChunkStatus.Failed, decoder.Failure != HttpFailure.None, "Failed has a reason, and nothing else has");
        return new ChunkReading(status, decoder.Failure, at, [.. body]);
    }
}
