using System.Buffers;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="FrameReader"/>: the same events, payloads and failure however the bytes arrive, in one segment or many, and those of
/// <see cref="FrameOracle"/>. Once with small limits, once with large ones and permessage-deflate.
/// </summary>
internal sealed class FramesTarget() : FuzzTarget("frames")
{
    private static readonly FrameLimits[] Setups = [new(300, 4, AllowCompressed: false), new(70_000, 16, AllowCompressed: true)];

    public override void Check(byte[] input)
    {
        foreach (FrameLimits limits in Setups) CheckWith(input, limits);
    }

    private static void CheckWith(byte[] input, FrameLimits limits)
    {
        ReadOnlySequence<byte> flat = new(input);
        List<FrameRecord> whole = FrameReading.Of(flat, limits);
        FrameRecord.RequireSame(FrameOracle.Read(input, limits), whole, withPayload: true, "oracle");

        Cuts cuts = new(input);
        foreach (int largest in Cuts.Rounds(input.Length))
            FrameRecord.RequireSame(whole, FrameReading.Of(flat, limits, cuts, largest), withPayload: true, $"arriving by {largest}");

        FrameRecord.RequireSame(whole, FrameReading.Of(flat, limits, drop: true), withPayload: false, "dropped");
        foreach (int largest in (int[])[3, 20, Math.Max(1, input.Length / 2)])
        {
            ReadOnlySequence<byte> segments = SegmentChain.Of(input, cuts, largest);
            FrameRecord.RequireSame(whole, FrameReading.Of(segments, limits), withPayload: true, $"segments of {largest}");
            List<FrameRecord> pieces = FrameReading.Of(segments, limits, cuts, Math.Max(1, input.Length / 3), drop: true);
            FrameRecord.RequireSame(whole, pieces, withPayload: false, $"pieces of segments of {largest}, dropped");
        }
    }
}
