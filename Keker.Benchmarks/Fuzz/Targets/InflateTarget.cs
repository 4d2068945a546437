using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Keker.Protocol.Deflate;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="Inflater"/>: the same answer however the message is cut into segments, never more than the limit, the answer of
/// <see cref="InflateOracle"/>, and what the platform's inflater makes of it. Once with a small limit, once beyond the window.
/// </summary>
internal sealed class InflateTarget() : FuzzTarget("inflate")
{
    private static readonly int[] Limits = [1000, 90_000];

    public override void Check(byte[] input)
    {
        Cuts cuts = new(input);
        foreach (int limit in Limits) CheckWith(input, limit, cuts);
    }

    private static void CheckWith(byte[] input, int limit, Cuts cuts)
    {
        InflateStatus status = Inflate(new ReadOnlySequence<byte>(input), limit, out byte[] plain);
        foreach (int largest in Cuts.Rounds(input.Length))
        {
            InflateStatus other = Inflate(SegmentChain.Of(input, cuts, largest), limit, out byte[] pieces);
            Property.Same(status, other, $"status in segments of {largest}");
            Property.SameBytes(plain, pieces, $"output in segments of {largest}");
        }

        InflateOracle oracle = new(input, limit);
        Property.Same(oracle.Status, status, "status");
        if (status != InflateStatus.Complete) return;
        Property.SameBytes(CollectionsMarshal.AsSpan(oracle.Output), plain, "output");
        ComparedWithPlatform(input, plain, oracle.HasFinalBlock);
    }

    private static InflateStatus Inflate(in ReadOnlySequence<byte> message, int limit, out byte[] plain)
    {
        ArrayBufferWriter<byte> output = new();
        InflateStatus status = Inflater.Inflate(message, limit, output);
        Property.Holds(output.WrittenCount <= limit, "no more output than the limit");
        plain = status == InflateStatus.Complete ? output.WrittenSpan.ToArray() : [];
        return status;
    }

    /// <summary>The platform stops at the first final block, and wants one: it comes after the block whose length the sender removed.</summary>
    private static void ComparedWithPlatform(byte[] message, byte[] plain, bool hasFinalBlock)
    {
        byte[] stream = [.. message, 0, 0, 0xFF, 0xFF, 1, 0, 0, 0xFF, 0xFF];
        if (message.Length == 0) return;
        using DeflateStream inflate = new(new MemoryStream(stream), CompressionMode.Decompress);
        byte[] expected = new byte[plain.Length + 1];
        int length = inflate.ReadAtLeast(expected, expected.Length, throwOnEndOfStream: false);
        Property.Holds(hasFinalBlock || length == plain.Length, "as long as what the platform inflates");
        Property.SameBytes(expected.AsSpan(0, length), plain.AsSpan(0, Math.Min(length, plain.Length)), "output of the platform");
    }
}
