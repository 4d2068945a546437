using System.Text;
using Keker.Protocol.Json;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="LineBuffer"/> and <see cref="BatchLine"/>: the same lines however the body is cut, and for each line the verdict and the values of
/// <see cref="BatchLineOracle"/>, from a parser that has seen other lines before and from a fresh one.
/// </summary>
internal sealed class BatchLinesTarget() : FuzzTarget("batch-lines")
{
    private const int SmallLimit = 40;
    private const int UsualLimit = 1 << 20;

    public override void Check(byte[] input)
    {
        List<byte[]?> lines = SplitSlowly(input, SmallLimit);
        CheckCuts(input, SmallLimit, lines);
        lines = SplitSlowly(input, UsualLimit);
        CheckCuts(input, UsualLimit, lines);
        BatchLine used = new();
        foreach (byte[]? line in lines)
        {
            if (line is null) continue;
            CheckLine(used, line);
            CheckLine(new BatchLine(), line);
        }
    }

    /// <summary>Null for a line that is too long. What follows the last LF is a line unless it is empty.</summary>
    private static List<byte[]?> SplitSlowly(byte[] input, int limit)
    {
        string[] lines = Encoding.Latin1.GetString(input).Split('\n');
        IEnumerable<string> all = lines[^1].Length == 0 ? lines.SkipLast(1) : lines;
        return [.. all.Select(line => line.Length > limit ? null : Encoding.Latin1.GetBytes(line))];
    }

    private static void CheckCuts(byte[] input, int limit, List<byte[]?> expected)
    {
        Cuts cuts = new(input);
        foreach (int largest in Cuts.Rounds(input.Length))
        {
            LineBuffer buffer = new(limit);
            List<byte[]?> lines = [];
            for (int at = 0; at < input.Length;)
            {
                int length = Math.Min(cuts.Next(largest), input.Length - at);
                ReadOnlySpan<byte> left = input.AsSpan(at, length);
                while (!left.IsEmpty)
                {
                    ReadOnlySpan<byte> piece = LineBuffer.FirstPiece(left);
                    left = left[piece.Length..];
                    Note(lines, buffer.Add(piece, out ReadOnlySpan<byte> line), line);
                    Property.Holds(buffer.Length <= limit, "no more is kept than a line may have");
                }
                at += length;
            }

            Note(lines, buffer.End(out ReadOnlySpan<byte> last), last);
            Property.Same(expected.Count, lines.Count, $"lines of at most {limit} in pieces of {largest}");
            for (int i = 0; i < lines.Count; i++)
            {
                Property.Same(expected[i] is null, lines[i] is null, $"line {i} in pieces of {largest} is too long");
                Property.SameBytes(expected[i], lines[i], $"line {i} in pieces of {largest}");
            }
        }
    }

    private static void Note(List<byte[]?> lines, LineStatus status, ReadOnlySpan<byte> line)
    {
        Property.Holds(status == LineStatus.Complete || line.IsEmpty, "only a complete line is shown");
        if (status != LineStatus.NeedMore) lines.Add(status == LineStatus.Complete ? line.ToArray() : null);
    }

    private static void CheckLine(BatchLine parser, byte[] line)
    {
        BatchLineStatus status = parser.Parse(line);
        BatchLineOracle? oracle = BatchLineOracle.Read(line);
        Property.Same(oracle is not null, status == BatchLineStatus.Ok, $"a good line ({status})");
        Property.Same(oracle is not null, parser.Mistake.IsEmpty, "a mistake is explained");
        Property.Holds(SlowUtf8.IsText(parser.Mistake, whole: true), "the explanation is text");
        if (oracle is null) return;

        Property.SameBytes(oracle.Body, parser.Body, "body");
        Property.Same((oracle.IsBinary, oracle.Ttl), (parser.IsBinary, parser.TtlSeconds), "what the body is, and how long it waits");
        Property.SameBytes(oracle.CollapseKey, parser.CollapseKey, "collapse key");
        Property.SameBytes(oracle.IdempotencyKey, parser.IdempotencyKey, "idempotency key");
        Property.Same((oracle.Tokens.Count, oracle.Topics.Count), (parser.TokenCount, parser.TopicCount), "recipients");
        for (int i = 0; i < oracle.Tokens.Count; i++) Property.SameBytes(oracle.Tokens[i], parser.TokenAt(i), $"token {i}");
        for (int i = 0; i < oracle.Topics.Count; i++) Property.SameBytes(oracle.Topics[i], parser.TopicAt(i), $"topic {i}");
    }
}
