using System.Text;
using Keker.Protocol.Http;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="ChunkedDecoder"/>: the same data, end and failure however the body is cut, never more than the limit, and the verdict of
/// <see cref="ChunkOracle"/>. Once with a small limit and a head that leaves little room for trailers, once with the server's usual size.
/// </summary>
internal sealed class ChunkedBodyTarget() : FuzzTarget("chunked-body")
{
    private const int SmallLimit = 40;
    private const int UsualLimit = 1 << 20;
    private static readonly RequestHead LongHead = HeadWithFields(62);

    public override void Check(byte[] input)
    {
        CheckWith(input, SmallLimit, LongHead);
        CheckWith(input, UsualLimit, head: null);
    }

    private static void CheckWith(byte[] input, int limit, RequestHead? head)
    {
        ChunkReading whole = ChunkReading.Of(input, limit, head, cuts: null, largest: input.Length);
        Property.Holds(whole.Body.Length <= limit, "no more data than the limit");
        Property.Holds(whole.Consumed <= input.Length, "no more consumed than there is");

        Cuts cuts = new(input);
        foreach (int largest in Cuts.Rounds(input.Length))
        {
            ChunkReading pieces = ChunkReading.Of(input, limit, head, cuts, largest);
            Property.Same((whole.Status, whole.Failure, whole.Consumed), (pieces.Status, pieces.Failure, pieces.Consumed), $"pieces of {largest}");
            Property.SameBytes(whole.Body, pieces.Body, $"data in pieces of {largest}");
        }

        if (whole.Status == ChunkStatus.Complete)
        {
            ChunkReading alone = ChunkReading.Of(input[..whole.Consumed], limit, head, cuts: null, largest: whole.Consumed);
            Property.Same((whole.Status, whole.Consumed), (alone.Status, alone.Consumed), "a body and no more");
        }

        CompareWithOracle(whole, new ChunkOracle(Encoding.Latin1.GetString(input), limit, head?.FieldCount ?? 0, head?.FieldBytes ?? 0));
    }

    private static void CompareWithOracle(ChunkReading reading, ChunkOracle oracle)
    {
        Property.Same(oracle.Verdict == OracleVerdict.Complete, reading.Status == ChunkStatus.Complete, $"complete ({reading.Failure})");
        Property.Holds(oracle.Verdict != OracleVerdict.Refused || reading.Status == ChunkStatus.Failed, "a whole bad line is refused");
        if (reading.Status == ChunkStatus.Complete) Property.Same(oracle.Length, reading.Consumed, "end of the message");
        Property.Same(oracle.Body, Encoding.Latin1.GetString(reading.Body), "data");
    }

    private static RequestHead HeadWithFields(int count)
    {
        string fields = string.Concat(Enumerable.Range(2, count - 1).Select(i => $"f{i}: {i}\r\n"));
        RequestHead head = new();
        ParseStatus status = head.Parse(Encoding.ASCII.GetBytes($"PUT / HTTP/1.1\r\nhost: h\r\n{fields}\r\n"));
        Property.Same((ParseStatus.Complete, count), (status, head.FieldCount), "the head before the body");
        return head;
    }
}
