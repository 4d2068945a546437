using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>Rules that the header of a frame can break, and the byte at which each is certain.</summary>
[TestFixture]
internal sealed class FrameReaderHeaderTests
{
    private const ulong TopBit = 1UL << 63;

    private static FrameReader Create() => new(maxMessageBytes: 1000, maxFragments: 4);

    private static FrameReader CreateCompressed() => new(maxMessageBytes: 1000, maxFragments: 4, allowCompressed: true);

    [TestCase(0x81, TestName = "An_unmasked_text_frame_fails_with_1002")]
    [TestCase(0x82, TestName = "An_unmasked_binary_frame_fails_with_1002")]
    [TestCase(0x89, TestName = "An_unmasked_ping_fails_with_1002")]
    [TestCase(0x88, TestName = "An_unmasked_close_fails_with_1002")]
    public void An_unmasked_frame_fails_with_1002(byte first)
    {
        byte[] frame = ClientFrame.Raw(first, "hi"u8, masked: false);
        Reading.Expect(frame, Create, "Failed 1002 frame not masked");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(2));
    }

    [Test]
    public void Reserved_bits_fail_with_1002_at_the_first_byte(
        [Values(0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70)] byte bits,
        [Values(OpCode.Text, OpCode.Binary, OpCode.Ping, OpCode.Pong, OpCode.Close)] OpCode opCode)
    {
        byte[] frame = ClientFrame.Raw((byte)(0x80 | bits | (byte)opCode), "hi"u8);
        Reading.Expect(frame, Create, "Failed 1002 reserved bit set");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(1));
    }

    [Test]
    public void The_other_reserved_bits_fail_also_with_compression([Values(0x10, 0x20, 0x50, 0x60)] byte bits)
    {
        byte[] frame = ClientFrame.Raw((byte)(0x81 | bits), "hi"u8);
        Reading.Expect(frame, CreateCompressed, "Failed 1002 reserved bit set");
    }

    [Test]
    public void A_compressed_bit_on_a_control_frame_fails_with_1002([Values(0xC8, 0xC9, 0xCA)] byte first)
    {
        byte[] frame = ClientFrame.Raw(first, default);
        Reading.Expect(frame, CreateCompressed, "Failed 1002 reserved bit set");
    }

    [Test]
    public void A_compressed_bit_on_a_continuation_fails_with_1002()
    {
        byte[] bytes = ClientFrame.Join(ClientFrame.Raw(0x41, "a"u8), ClientFrame.Raw(0xC0, "b"u8));
        Reading.Expect(bytes, CreateCompressed, "Failed 1002 reserved bit set");
    }

    [Test]
    public void Reserved_opcodes_fail_with_1002_at_the_first_byte([Values(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)] byte opCode, [Values] bool final)
    {
        byte[] frame = ClientFrame.Raw((byte)((final ? 0x80 : 0) | opCode), "hi"u8);
        Reading.Expect(frame, Create, "Failed 1002 reserved opcode");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(1));
    }

    [Test]
    public void A_fragmented_control_frame_fails_with_1002_at_the_first_byte([Values(OpCode.Close, OpCode.Ping, OpCode.Pong)] OpCode opCode)
    {
        byte[] frame = ClientFrame.Of(opCode, "hi"u8, final: false);
        Reading.Expect(frame, Create, "Failed 1002 fragmented control frame");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(1));
    }

    [Test]
    public void A_control_frame_over_125_bytes_fails_with_1002_at_the_second_byte(
        [Values(OpCode.Close, OpCode.Ping, OpCode.Pong)] OpCode opCode, [Values(126, 127, 65536)] int length)
    {
        byte[] frame = ClientFrame.Of(opCode, new byte[length]);
        Assert.That(Reading.Whole(frame, Create), Is.EqualTo(["Failed 1002 control frame over 125 bytes"]));
        Assert.That(Reading.EndsAfter(frame[..20], Create), Is.EqualTo(2));
    }

    [Test]
    public void A_close_payload_of_one_byte_fails_with_1002_at_the_second_byte()
    {
        byte[] frame = ClientFrame.Of(OpCode.Close, [3]);
        Reading.Expect(frame, Create, "Failed 1002 close payload of one byte");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(2));
    }

    [Test]
    public void A_continuation_without_a_message_fails_with_1002_at_the_first_byte([Values] bool final)
    {
        byte[] frame = ClientFrame.Of(OpCode.Continuation, "hi"u8, final);
        Reading.Expect(frame, Create, "Failed 1002 continuation without a message");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(1));
    }

    [Test]
    public void A_continuation_after_the_end_of_a_message_fails_with_1002()
    {
        byte[] bytes = ClientFrame.Join(ClientFrame.Of(OpCode.Text, "a"), ClientFrame.Of(OpCode.Continuation, "b"));
        Reading.Expect(bytes, Create, "Text 1 61", "Failed 1002 continuation without a message");
    }

    [Test]
    public void A_new_message_inside_a_message_fails_with_1002([Values(OpCode.Text, OpCode.Binary)] OpCode second, [Values] bool final)
    {
        byte[] bytes = ClientFrame.Join(ClientFrame.Of(OpCode.Text, "a", final: false), ClientFrame.Of(second, "b", final));
        Reading.Expect(bytes, Create, "Failed 1002 new message before the end of the last");
        Assert.That(Reading.EndsAfter(bytes, Create), Is.EqualTo(8));
    }

    [TestCase(TopBit)]
    [TestCase(ulong.MaxValue)]
    [TestCase(TopBit | 5)]
    public void A_64_bit_length_with_the_top_bit_fails_with_1002_at_its_first_byte(ulong length)
    {
        byte[] frame = ClientFrame.Raw(0x82, "hi"u8, announced: length);
        Reading.Expect(frame, Create, "Failed 1002 frame length over 63 bits");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(3));
    }

    [TestCase(0, 2)]
    [TestCase(1, 2)]
    [TestCase(125, 2)]
    [TestCase(0, 8)]
    [TestCase(125, 8)]
    [TestCase(126, 8)]
    [TestCase(65535, 8)]
    public void A_length_that_is_not_minimal_fails_with_1002(int length, int lengthBytes)
    {
        byte[] frame = ClientFrame.Raw(0x82, default, lengthBytes: lengthBytes, announced: (ulong)length);
        Reading.Expect(frame, Create, "Failed 1002 frame length not minimal");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(lengthBytes == 2 ? 4 : 8), "the bytes that follow cannot save it");
    }

    [TestCase(1001UL, 4)]
    [TestCase(0xFFFFUL, 3)]
    [TestCase(0x10000UL, 8)]
    [TestCase(0x1_0000_0000UL, 6)]
    [TestCase(TopBit - 1, 3)]
    [TestCase(TopBit - 900, 3)]
    public void A_frame_over_the_limit_fails_with_1009_from_its_header(ulong length, int endsAfter)
    {
        byte[] frame = ClientFrame.Raw(0x82, default, announced: length);
        Reading.Expect(frame, Create, "Failed 1009 message too big");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(endsAfter));
    }

    [Test]
    public void A_short_frame_over_the_limit_fails_with_1009_at_the_second_byte()
    {
        byte[] frame = ClientFrame.Of(OpCode.Binary, new byte[11]);
        static FrameReader Small() => new(maxMessageBytes: 10, maxFragments: 4);
        Reading.Expect(frame, Small, "Failed 1009 message too big");
        Assert.That(Reading.EndsAfter(frame, Small), Is.EqualTo(2));
    }

    [TestCase(401UL, 4)]
    [TestCase(TopBit - 1, 3)]
    [TestCase(TopBit - 600, 3)]
    public void Fragments_over_the_limit_together_fail_with_1009_from_the_header(ulong second, int endsAfter)
    {
        byte[] begin = ClientFrame.Of(OpCode.Binary, new byte[600], final: false);
        byte[] bytes = ClientFrame.Join(begin, ClientFrame.Raw(0x80, default, announced: second));
        Reading.Expect(bytes, Create, "Failed 1009 message too big");
        Assert.That(Reading.EndsAfter(bytes, Create), Is.EqualTo(begin.Length + endsAfter));
    }

    [Test]
    public void A_message_of_exactly_the_limit_passes([Values(1, 500, 999, 1000)] int first)
    {
        byte[] payload = TestBytes.Random(1000);
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Of(OpCode.Binary, payload.AsSpan(0, first), final: false),
            ClientFrame.Of(OpCode.Continuation, payload.AsSpan(first)));
        Assert.That(Reading.Whole(bytes, Create), Is.EqualTo(Reading.Whole(ClientFrame.Of(OpCode.Binary, payload), Create)));
    }

    [Test]
    public void A_limit_of_zero_allows_only_empty_messages()
    {
        static FrameReader None() => new(maxMessageBytes: 0, maxFragments: 1);
        byte[] bytes = ClientFrame.Join(ClientFrame.Of(OpCode.Text, ""), ClientFrame.Of(OpCode.Text, "a"));
        Reading.Expect(bytes, None, "Text 0 ", "Failed 1009 message too big");
    }

    [Test]
    public void When_one_header_breaks_several_rules_the_first_byte_decides()
    {
        byte[] reservedAndUnmasked = ClientFrame.Raw(0xC3, "hi"u8, masked: false);
        Reading.Expect(reservedAndUnmasked, Create, "Failed 1002 reserved bit set");
        byte[] unmaskedAndTooLong = ClientFrame.Raw(0x89, new byte[126], masked: false);
        Reading.Expect(unmaskedAndTooLong, Create, "Failed 1002 frame not masked");
    }
}
