using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>A reader of frames that a server sends: all the rules, but for the mask.</summary>
[TestFixture]
internal sealed class ServerFrameReadingTests
{
    private static FrameReader Create() => new(maxMessageBytes: 70_000, maxFragments: 4, fromServer: true);

    [Test]
    public void Messages_fragments_and_control_frames_are_read_unmasked()
    {
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Raw(0x81, "hi"u8, masked: false),
            ClientFrame.Raw(0x02, [1, 2], masked: false),
            ClientFrame.Raw(0x89, "p"u8, masked: false),
            ClientFrame.Raw(0x80, [3], masked: false),
            ClientFrame.Raw(0x88, [0x03, 0xE8], masked: false));

        Reading.Expect(bytes, Create, "Text 2 6869", "Ping 70", "Binary 3 010203", "Close 1000 03E8");
    }

    [TestCase(125)]
    [TestCase(126)]
    [TestCase(65535)]
    [TestCase(65536)]
    public void Every_length_is_read_that_the_server_writes(int length)
    {
        byte[] frame = FrameWriter.Create(OpCode.Binary, length, out Span<byte> payload);
        new Random(length).NextBytes(payload);

        Assert.That(Reading.Whole(frame, Create), Is.EqualTo(new[] { $"Binary {length} {Reading.Show(frame.AsSpan(^length))}" }));
    }

    [TestCase(0x81)]
    [TestCase(0x82)]
    [TestCase(0x89)]
    [TestCase(0x88)]
    public void A_masked_frame_fails_with_1002_at_its_second_byte(byte first)
    {
        byte[] frame = ClientFrame.Raw(first, "hi"u8);

        Reading.Expect(frame, Create, "Failed 1002 frame masked by a server");
        Assert.That(Reading.EndsAfter(frame, Create), Is.EqualTo(2));
    }

    [Test]
    public void A_mask_is_forbidden_in_the_second_message_too()
    {
        byte[] bytes = ClientFrame.Join(ClientFrame.Raw(0x81, "a"u8, masked: false), ClientFrame.Raw(0x81, "b"u8));

        Reading.Expect(bytes, Create, "Text 1 61", "Failed 1002 frame masked by a server");
    }

    [Test]
    public void Text_has_to_be_UTF8_and_a_message_within_its_limit()
    {
        Reading.Expect(ClientFrame.Raw(0x81, [0x61, 0xFF], masked: false), Create, "Failed 1007 text is not UTF-8");
        Assert.That(Reading.Whole(ClientFrame.Raw(0x82, [], masked: false, announced: 70_001, lengthBytes: 8), Create), Is.EqualTo(new[] { "Failed 1009 message too big" }));
    }

    [Test]
    public void A_reader_that_begins_anew_reads_clients_again()
    {
        FrameReader reader = Create();
        reader.Reset(100, 4);

        Assert.That(Reading.Whole(ClientFrame.Of(OpCode.Text, "hi"), () => reader), Is.EqualTo(new[] { "Text 2 6869" }));
    }
}
