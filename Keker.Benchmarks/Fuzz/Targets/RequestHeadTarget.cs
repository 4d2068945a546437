using System.Text;
using Keker.Protocol.Http;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="RequestHead"/>: one verdict however the bytes are cut and whatever follows them, and the verdict of <see cref="HeadOracle"/>.
/// </summary>
internal sealed class RequestHeadTarget() : FuzzTarget("request-head")
{
    private static readonly byte[] RichHead = Encoding.ASCII.GetBytes(
        "OPTIONS http://host/path?query HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\nConnection: close, upgrade\r\nExpect: 1\r\n\r\n");

    public override void Check(byte[] input)
    {
        RequestHead whole = new();
        ParseStatus status = whole.Parse(input);
        Property.Same(status == ParseStatus.Failed, whole.Failure != HttpFailure.None, "Failed has a reason, and nothing else has");
        Property.Holds(status != ParseStatus.NeedMore || input.Length < HttpLimits.MaxHeadBytes, "a full buffer is decided");
        Property.Same(status, whole.Parse(input), "asked again");

        // The head before on the same connection, with something in every property: Reset must leave nothing of it.
        RequestHead other = new();
        Property.Same(ParseStatus.Complete, other.Parse(RichHead), "the head before");
        CheckPieces(input, whole, status, other);
        if (status == ParseStatus.Complete) CheckRemainder(input, whole, other);
        CompareWithOracle(input, whole, status);
    }

    private static void CheckPieces(byte[] input, RequestHead whole, ParseStatus expected, RequestHead head)
    {
        Cuts cuts = new(input);
        foreach (int largest in Cuts.Rounds(input.Length))
        {
            head.Reset();
            ParseStatus status = head.Parse([]);
            for (int length = 0; status == ParseStatus.NeedMore && length < input.Length;)
            {
                length = Math.Min(input.Length, length + cuts.Next(largest));
                status = head.Parse(input.AsSpan(0, length));
            }

            Property.Same(expected, status, $"status in pieces of {largest}");
            string? difference = HeadDifference.Find(whole, head);
            if (difference is not null) throw new PropertyException($"in pieces of {largest} another {difference}");
        }
    }

    /// <summary>What comes after a head is the body or the next request: it changes nothing, and without it nothing is missing.</summary>
    private static void CheckRemainder(byte[] input, RequestHead whole, RequestHead head)
    {
        int end = whole.HeadLength;
        head.Reset();
        Property.Same(ParseStatus.NeedMore, head.Parse(input.AsSpan(0, end - 1)), "a head without its last byte");
        Property.Same(ParseStatus.Complete, head.Parse(input.AsSpan(0, end)), "a head and no more");
        Property.Same(null, HeadDifference.Find(whole, head), "a head and no more: difference");

        head.Reset();
        Property.Same(ParseStatus.Complete, head.Parse([.. input.AsSpan(0, end), 0, (byte)'\n', 0xFF]), "a head before garbage");
        Property.Same(null, HeadDifference.Find(whole, head), "a head before garbage: difference");
    }

    private static void CompareWithOracle(byte[] input, RequestHead head, ParseStatus status)
    {
        HeadOracle oracle = HeadOracle.Read(Encoding.Latin1.GetString(input));
        Property.Same(oracle.Verdict == OracleVerdict.Complete, status == ParseStatus.Complete, $"complete ({head.Failure})");
        if (status != ParseStatus.Complete)
        {
            Property.Holds(status == ParseStatus.Failed || oracle.Verdict == OracleVerdict.Incomplete, "a whole bad head is refused");
            return;
        }

        string Text(Slice slice) => Encoding.Latin1.GetString(slice.In(input));
        Property.Same(oracle.HeadLength, head.HeadLength, nameof(head.HeadLength));
        Property.Same(oracle.Method, head.Method.ToString().ToUpperInvariant(), nameof(head.Method));
        Property.Same(oracle.IsHttp11, head.IsHttp11, nameof(head.IsHttp11));
        Property.Same(oracle.Path, Text(head.Path), nameof(head.Path));
        Property.Same(oracle.Path.Length == 0, head.IsAsterisk, nameof(head.IsAsterisk));
        Property.Same(oracle.Query, Text(head.Query), nameof(head.Query));
        Property.Same(oracle.Host, Text(head.Host), nameof(head.Host));
        Property.Same(BodyOf(oracle), head.BodyKind, nameof(head.BodyKind));
        Property.Same(oracle.ContentLength, head.ContentLength, nameof(head.ContentLength));
        Property.Same(oracle.KeepAlive, head.KeepAlive, nameof(head.KeepAlive));
        Property.Same(oracle.Upgrade, head.ConnectionUpgrade, nameof(head.ConnectionUpgrade));
        Property.Same(ExpectOf(oracle), head.Expect, nameof(head.Expect));
        Property.Same(oracle.Fields.Count, head.FieldCount, nameof(head.FieldCount));
        for (int i = 0; i < head.FieldCount; i++)
            Property.Same(oracle.Fields[i], (Text(head.NameAt(i)), Text(head.ValueAt(i))), "field");
    }

    private static BodyKind BodyOf(HeadOracle oracle) =>
        oracle.IsChunked ? BodyKind.Chunked : oracle.ContentLength > 0 ? BodyKind.Length : BodyKind.None;

    private static ExpectKind ExpectOf(HeadOracle oracle)
    {
        List<string> values = oracle.IsHttp11 ? oracle.Values("Expect") : [];
        if (values.Count == 0) return ExpectKind.None;
        bool known = values.All(value => value.Equals("100-continue", StringComparison.OrdinalIgnoreCase));
        return known ? ExpectKind.Continue : ExpectKind.Unsupported;
    }
}
