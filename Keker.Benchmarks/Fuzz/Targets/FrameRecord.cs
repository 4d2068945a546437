using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>One thing that a reader reported.</summary>
/// <param name="Event">What happened; never NeedMore.</param>
/// <param name="Code">The code of a Close or a failure, else 0.</param>
/// <param name="Compressed">Whether the message is deflated.</param>
/// <param name="Payload">The unmasked payload.</param>
internal sealed record FrameRecord(FrameEvent Event, int Code, bool Compressed, byte[] Payload)
{
    /// <summary>Wants two readings to be the same.</summary>
    public static void RequireSame(List<FrameRecord> expected, List<FrameRecord> actual, bool withPayload, string how)
    {
        for (int i = 0; i < Math.Min(expected.Count, actual.Count); i++)
        {
            FrameRecord a = expected[i];
            FrameRecord b = actual[i];
            Property.Same((a.Event, a.Code, a.Compressed), (b.Event, b.Code, b.Compressed), $"event {i}, {how}");
            if (withPayload) Property.SameBytes(a.Payload, b.Payload, $"payload of event {i}, {how}");
        }

        Property.Same(expected.Count, actual.Count, $"number of events, {how}");
    }
}
