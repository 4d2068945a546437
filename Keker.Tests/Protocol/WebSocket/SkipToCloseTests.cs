using System.Buffers;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>Whatever a client sends while its connection is being closed, its Close is found behind it, however it was cut into pieces.</summary>
internal sealed class SkipToCloseTests
{
    private static readonly byte[] Close = ClientFrame.Close(1000, "bye");

    private static IEnumerable<TestCaseData> Failures()
    {
        yield return new TestCaseData(ClientFrame.Of(OpCode.Binary, new byte[300])).SetArgDisplayNames("longer than allowed");
        yield return new TestCaseData(ClientFrame.Of(OpCode.Text, [(byte)'a', 0xC3, 0x28, .. "more of it"u8])).SetArgDisplayNames("not UTF-8 in the middle");
        yield return new TestCaseData(ClientFrame.Of(OpCode.Text, [(byte)'a', 0xC3])).SetArgDisplayNames("not UTF-8 at the end");
        yield return new TestCaseData(ClientFrame.Join([.. Enumerable.Repeat(ClientFrame.Of(OpCode.Text, "", final: false), 1), .. Enumerable.Repeat(ClientFrame.Of(OpCode.Continuation, "", final: false), 9)]))
            .SetArgDisplayNames("too many fragments");
    }

    [TestCaseSource(nameof(Failures))]
    public void After_a_failure_the_Close_is_found_behind_whatever_comes(byte[] failure)
    {
        byte[] late = ClientFrame.Join(ClientFrame.Of(OpCode.Text, new byte[200]), ClientFrame.Of(OpCode.Ping, "x"), ClientFrame.Of(OpCode.Binary, new byte[70_000]));
        byte[] bytes = [.. failure, .. late, .. Close];
        int[] cuts = [.. Enumerable.Range(0, failure.Length + 250), bytes.Length - 10, bytes.Length - 1];
        foreach (int cut in cuts)
        {
            foreach (int segment in (int[])[0, 5])
            {
                var reader = new FrameReader(250, 8);
                byte[] rest = Read(reader, bytes[..cut], segment, out bool found);
                Assert.That(found, Is.False, $"cut at {cut}");
                Assert.That(rest, Has.Length.LessThan(140), "what is kept is bounded");
                Read(reader, [.. rest, .. bytes[cut..]], segment, out found);
                Assert.That(found, $"cut at {cut}");
            }
        }
    }

    [Test]
    public void A_Close_before_the_failure_counts_also_where_it_is_wrong()
    {
        var reader = new FrameReader(250, 8);
        Read(reader, ClientFrame.Of(OpCode.Close, [3, 0xE8, 0xFF]), 0, out bool found);
        Assert.That(reader.FailureCode, Is.EqualTo(CloseCode.InvalidPayload));
        Assert.That(found, Is.True);
    }

    [Test]
    public void What_claims_to_be_a_Close_and_is_too_long_for_one_is_not_waited_for()
    {
        var reader = new FrameReader(250, 8);
        Read(reader, [.. ClientFrame.Of(OpCode.Binary, new byte[300]), .. ClientFrame.Raw(0x88, [], announced: 1UL << 40)], 0, out bool found);
        Assert.That(found, Is.True);
    }

    /// <summary>Reads as a connection does: up to a failure, and from then on only for the Close.</summary>
    private static byte[] Read(FrameReader reader, byte[] bytes, int segment, out bool found)
    {
        ReadOnlySequence<byte> input = segment == 0 ? new ReadOnlySequence<byte>(bytes) : Segments.Of(bytes, segment);
        byte[] control = new byte[FrameWriter.MaxControlPayload];
        FrameEvent happened;
        do
            happened = reader.Read(ref input, null, control, out _);
        while (happened is not (FrameEvent.NeedMore or FrameEvent.Failed));
        found = happened == FrameEvent.Failed && reader.SkipToClose(ref input);
        return input.ToArray();
    }
}
