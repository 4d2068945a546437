using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

/// <summary>All that a caller can see of a parsed head, as one comparable value, and the ways to feed a parser.</summary>
internal sealed record HeadVerdict(ParseStatus Status, HttpFailure Failure, int HeadLength, string Table)
{
    public static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);

    public static HeadVerdict Whole(ReadOnlySpan<byte> input)
    {
        RequestHead head = new();
        return Of(head, head.Parse(input));
    }

    /// <summary>Feeds the input in two pieces at every offset, and byte by byte, and wants the same verdict each time.</summary>
    public static HeadVerdict AtEverySplit(byte[] input)
    {
        HeadVerdict whole = Whole(input);
        RequestHead head = new();
        for (int split = 0; split < input.Length; split++)
        {
            head.Reset();
            ParseStatus status = head.Parse(input.AsSpan(0, split));
            if (status == ParseStatus.NeedMore)
                status = head.Parse(input);
            if (Of(head, status) != whole)
                Assert.That(Of(head, status), Is.EqualTo(whole), $"split at {split}");
        }
        Assert.That(ByteByByte(input), Is.EqualTo(whole), "byte by byte");
        return whole;
    }

    /// <summary>How many bytes it takes until the verdict stands.</summary>
    public static int BytesUntilDecided(byte[] input)
    {
        RequestHead head = new();
        for (int length = 0; length <= input.Length; length++)
        {
            if (head.Parse(input.AsSpan(0, length)) != ParseStatus.NeedMore)
                return length;
        }
        return -1;
    }

    private static HeadVerdict ByteByByte(byte[] input)
    {
        RequestHead head = new();
        ParseStatus status = ParseStatus.NeedMore;
        for (int length = 0; length <= input.Length && status == ParseStatus.NeedMore; length++)
            status = head.Parse(input.AsSpan(0, length));
        return Of(head, status);
    }

    public static HeadVerdict Of(RequestHead head, ParseStatus status)
    {
        StringBuilder table = new();
        table.Append($"{head.Method} 1.1={head.IsHttp11} *={head.IsAsterisk} path={head.Path} query={head.Query} host={head.Host} ");
        table.Append($"body={head.BodyKind}/{head.ContentLength} keep={head.KeepAlive} upgrade={head.ConnectionUpgrade} ");
        table.Append($"expect={head.Expect} fields={head.FieldBytes}");
        for (int i = 0; i < head.FieldCount; i++)
            table.Append($"\n{head.NameAt(i)}:{head.ValueAt(i)}");
        return new HeadVerdict(status, head.Failure, head.HeadLength, table.ToString());
    }
}
