using System.Buffers;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>One segment of a sequence as a pipe hands them out.</summary>
internal sealed class SegmentChain : ReadOnlySequenceSegment<byte>
{
    private SegmentChain(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    /// <summary>The bytes in segments of at most that size, with an empty one after each.</summary>
    public static ReadOnlySequence<byte> Of(byte[] bytes, Cuts cuts, int largest)
    {
        SegmentChain first = new(default, 0);
        SegmentChain last = first;
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(cuts.Next(largest), bytes.Length - at);
            last = last.Append(bytes.AsMemory(at, length)).Append(default);
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, 0);
    }

    private SegmentChain Append(ReadOnlyMemory<byte> memory)
    {
        SegmentChain next = new(memory, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
