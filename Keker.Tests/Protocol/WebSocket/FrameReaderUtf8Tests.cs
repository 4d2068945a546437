using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class FrameReaderUtf8Tests
{
    private const string NotUtf8 = "Failed 1007 text is not UTF-8";

    // Greek, then an encoded surrogate, then ASCII: the case of the Autobahn suite's section 6.4, which wants the failure at the offending byte.
    private static readonly byte[] Offending = [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5, 0xED, 0xA0, 0x80, 0x65, 0x64];
    private const int OffendingAt = 12;

    private static FrameReader Create() => new(maxMessageBytes: 100_000, maxFragments: 4);

    [Test]
    public void Text_that_is_not_UTF8_fails_with_1007()
    {
        foreach (byte[] text in (byte[][])[
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
            [0x61, 0xC3, 0x28], [0xE2, 0x82, 0x41], [0xF0, 0x9F, 0x98, 0x41]])
        {
            Reading.Expect(ClientFrame.Of(OpCode.Text, text), Create, NotUtf8);
        }
    }

    [Test]
    public void It_fails_at_the_offending_byte_of_an_unfinished_frame([Values] bool drop)
    {
        byte[] frame = ClientFrame.Of(OpCode.Text, Offending);
        Assert.That(Reading.EndsAfter(frame, Create, drop), Is.EqualTo(6 + OffendingAt + 1));
    }

    [Test]
    public void It_fails_at_the_offending_byte_across_fragments_and_control_frames()
    {
        for (int cut = 0; cut <= Offending.Length; cut++)
        {
            byte[] head = ClientFrame.Join(ClientFrame.Of(OpCode.Text, Offending.AsSpan(0, cut), final: false), ClientFrame.Of(OpCode.Ping, "p"));
            byte[] bytes = ClientFrame.Join(head, ClientFrame.Of(OpCode.Continuation, Offending.AsSpan(cut)));
            bool inFirst = OffendingAt < cut;
            Reading.Expect(bytes, Create, inFirst ? [NotUtf8] : ["Ping 70", NotUtf8]);
            Assert.That(Reading.EndsAfter(bytes, Create), Is.EqualTo(inFirst ? 6 + OffendingAt + 1 : head.Length + 6 + OffendingAt - cut + 1));
        }
    }

    [Test]
    public void Text_that_ends_inside_a_code_point_fails_with_1007_at_its_end()
    {
        foreach (byte[] text in (byte[][])[[0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x61, 0xF0]])
        {
            byte[] whole = ClientFrame.Of(OpCode.Text, text);
            Reading.Expect(whole, Create, NotUtf8);
            Assert.That(Reading.EndsAfter(whole, Create), Is.EqualTo(whole.Length));

            byte[] emptyEnd = ClientFrame.Join(ClientFrame.Of(OpCode.Text, text, final: false), ClientFrame.Of(OpCode.Continuation, ""));
            Reading.Expect(emptyEnd, Create, NotUtf8);
            Assert.That(Reading.EndsAfter(emptyEnd, Create), Is.EqualTo(emptyEnd.Length));
        }
    }

    [Test]
    public void A_code_point_may_be_split_over_fragments_with_control_frames_between()
    {
        byte[] smile = "😀"u8.ToArray();
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Of(OpCode.Text, smile.AsSpan(0, 1), final: false),
            ClientFrame.Of(OpCode.Ping, [0xFF]),
            ClientFrame.Of(OpCode.Continuation, smile.AsSpan(1, 1), final: false),
            ClientFrame.Of(OpCode.Continuation, "", final: false),
            ClientFrame.Of(OpCode.Continuation, smile.AsSpan(2)));
        Reading.Expect(bytes, Create, "Ping FF", "Text 4 F09F9880");
    }

    [Test]
    public void Binary_is_not_text()
    {
        Reading.Expect(ClientFrame.Of(OpCode.Binary, [0xFF, 0xC0]), Create, "Binary 2 FFC0");
        byte[] bytes = ClientFrame.Join(ClientFrame.Of(OpCode.Binary, [0xC3], final: false), ClientFrame.Of(OpCode.Continuation, [0x28]));
        Reading.Expect(bytes, Create, "Binary 2 C328");
    }

    [Test]
    public void Events_before_the_offending_byte_are_reported() =>
        Reading.Expect(
            ClientFrame.Join(ClientFrame.Of(OpCode.Text, "a"), ClientFrame.Of(OpCode.Ping, "p"), ClientFrame.Of(OpCode.Text, [0xFF])),
            Create, "Text 1 61", "Ping 70", NotUtf8);

    [Test]
    public void A_wrong_byte_deep_in_a_long_text_is_found([Values(0, 1, 63, 1023, 1024, 16383, 16384, 50_000, 69_999)] int at, [Values] bool drop)
    {
        byte[] text = new byte[70_000];
        text.AsSpan().Fill((byte)'x');
        text[at] = 0xFF;
        Assert.That(Reading.Whole(ClientFrame.Of(OpCode.Text, text), Create, drop), Is.EqualTo([NotUtf8]));
    }

    [Test]
    public void Long_text_of_wide_code_points_passes([Values("ä", "€", "😀", "aä€😀")] string unit, [Values] bool drop)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 8000)));
        byte[] frame = ClientFrame.Of(OpCode.Text, text);
        var reading = new Reading(Create(), drop);
        for (int at = 0; at < frame.Length; at += 997) reading.Feed(frame.AsSpan(at, Math.Min(997, frame.Length - at)));
        Assert.That(reading.Lines, Has.Count.EqualTo(1).And.One.StartsWith($"Text {text.Length}"));
    }
}
