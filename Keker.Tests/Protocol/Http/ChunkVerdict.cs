using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

/// <summary>All that a caller can see of a decoded body, and the ways to feed a decoder.</summary>
internal sealed record ChunkVerdict(ChunkStatus Status, HttpFailure Failure, int Consumed, string Body)
{
    /// <summary>Feeds the input in two pieces at every offset, and byte by byte, and wants the same verdict each time.</summary>
    public static ChunkVerdict AtEverySplit(byte[] input, long bodyLimit, RequestHead? head = null)
    {
        ChunkVerdict whole = Feed([input], bodyLimit, head);
        for (int split = 0; split <= input.Length; split++)
        {
            ChunkVerdict verdict = Feed([input.AsMemory(0, split), input.AsMemory(split)], bodyLimit, head);
            if (verdict != whole)
                Assert.That(verdict, Is.EqualTo(whole), $"split at {split}");
        }
        IEnumerable<ReadOnlyMemory<byte>> single = Enumerable.Range(0, input.Length).Select(i => new ReadOnlyMemory<byte>(input, i, 1));
        Assert.That(Feed([.. single], bodyLimit, head), Is.EqualTo(whole), "byte by byte");
        return whole;
    }

    private static ChunkVerdict Feed(ReadOnlyMemory<byte>[] pieces, long bodyLimit, RequestHead? head)
    {
        ChunkedDecoder decoder = head is null ? new ChunkedDecoder(bodyLimit) : new ChunkedDecoder(bodyLimit, head);
        StringBuilder body = new();
        int total = 0;
        ChunkStatus status = ChunkStatus.NeedMore;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            ReadOnlySpan<byte> rest = piece.Span;
            do
            {
                status = decoder.Read(rest, out int consumed, out ReadOnlySpan<byte> data);
                body.Append(Encoding.Latin1.GetString(data));
                rest = rest[consumed..];
                total += consumed;
            }
            while (status == ChunkStatus.Data);
            if (status != ChunkStatus.NeedMore)
                break;
            Assert.That(rest.Length, Is.Zero, "NeedMore consumes everything");
        }
        return new ChunkVerdict(status, decoder.Failure, total, body.ToString());
    }
}
