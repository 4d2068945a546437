using System.Buffers;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>Builds a sequence of many segments, as a pipe hands them out.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    /// <summary>Segments of this size each, with an empty one before, between and after them.</summary>
    public static ReadOnlySequence<byte> Of(byte[] bytes, int size)
    {
        var first = new Segments(default, 0);
        Segments last = first;
        for (int at = 0; at < bytes.Length; at += size)
        {
            last = last.Append(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
            last = last.Append(default);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private Segments Append(ReadOnlyMemory<byte> memory)
    {
        var next = new Segments(memory, RunningIndex + Memory.Length);
        Next = next;
        return next;
    }
}
