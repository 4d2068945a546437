using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class FrameWriterTests
{
    [TestCase(0L, "8100")]
    [TestCase(1L, "8101")]
    [TestCase(125L, "817D")]
    [TestCase(126L, "817E007E")]
    [TestCase(127L, "817E007F")]
    [TestCase(65535L, "817EFFFF")]
    [TestCase(65536L, "817F0000000000010000")]
    [TestCase(long.MaxValue, "817F7FFFFFFFFFFFFFFF")]
    public void Headers_are_unmasked_final_and_of_minimal_length(long payloadLength, string expected)
    {
        byte[] destination = new byte[FrameWriter.MaxHeaderLength];
        int written = FrameWriter.WriteHeader(destination, OpCode.Text, payloadLength);
        Assert.That(Convert.ToHexString(destination, 0, written), Is.EqualTo(expected));
        Assert.That(FrameWriter.HeaderLength(payloadLength), Is.EqualTo(written));
    }

    [TestCase(OpCode.Text, false, 0x81)]
    [TestCase(OpCode.Text, true, 0xC1)]
    [TestCase(OpCode.Binary, false, 0x82)]
    [TestCase(OpCode.Binary, true, 0xC2)]
    [TestCase(OpCode.Ping, false, 0x89)]
    public void The_first_byte_says_what_the_frame_is(OpCode opCode, bool compressed, byte expected)
    {
        byte[] destination = new byte[FrameWriter.MaxHeaderLength];
        FrameWriter.WriteHeader(destination, opCode, 5, compressed);
        Assert.That(destination[0], Is.EqualTo(expected));
    }

    [Test]
    public void A_header_fits_exactly_into_its_length([Values(0, 126, 65536)] int payloadLength)
    {
        byte[] exact = new byte[FrameWriter.HeaderLength(payloadLength)];
        Assert.That(FrameWriter.WriteHeader(exact, OpCode.Binary, payloadLength), Is.EqualTo(exact.Length));
    }

    [Test]
    public void A_negative_length_is_refused()
    {
        Assert.That(() => FrameWriter.HeaderLength(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => FrameWriter.WriteHeader(new byte[10], OpCode.Text, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Control_frames_carry_their_payload([Values(OpCode.Ping, OpCode.Pong)] OpCode opCode, [Values(0, 1, 124, 125)] int length)
    {
        byte[] payload = TestBytes.Random(length);
        byte[] destination = new byte[FrameWriter.MaxControlFrameLength];
        int written = FrameWriter.WriteControl(destination, opCode, payload);
        Assert.That(destination[..written], Is.EqualTo((byte[])[(byte)(0x80 | (byte)opCode), (byte)length, .. payload]));
    }

    [Test]
    public void A_control_payload_over_125_bytes_is_refused() =>
        Assert.That(() => FrameWriter.WriteControl(new byte[200], OpCode.Ping, new byte[126]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_close_carries_code_and_reason() => Assert.That(Close(1013, "slow"), Is.EqualTo("880603F5" + Convert.ToHexString("slow"u8)));

    [Test]
    public void A_close_may_have_no_reason() => Assert.That(Close(1000, ""), Is.EqualTo("880203E8"));

    [Test]
    public void A_close_without_status_is_empty() => Assert.That(Close(CloseCode.NoStatus, "ignored"), Is.EqualTo("8800"));

    [Test]
    public void Codes_that_may_not_be_sent_are_refused([Values(0, 999, 1004, 1006, 1015, 2999, 5000)] int code) =>
        Assert.That(() => Close((ushort)code, ""), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_long_reason_is_cut_between_two_code_points([Range(115, 130)] int before, [Values("x", "ä", "€", "😀")] string last)
    {
        string reason = new string('a', before) + last + "tail";
        byte[] destination = new byte[FrameWriter.MaxControlFrameLength];
        int written = FrameWriter.WriteClose(destination, 1000, Encoding.UTF8.GetBytes(reason));

        string kept = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(destination, 4, written - 4);
        int lost = Encoding.UTF8.GetByteCount(reason) - (written - 4);
        Assert.That(reason, Does.StartWith(kept));
        Assert.That(written, Is.LessThanOrEqualTo(FrameWriter.MaxControlFrameLength));
        Assert.That(destination[1], Is.EqualTo(written - 2));
        if (lost > 0) Assert.That(written - 4, Is.GreaterThan(123 - 4), "no more is cut than must be");
    }

    [Test]
    public void A_reason_that_is_no_text_at_all_still_gives_a_valid_frame()
    {
        byte[] reason = new byte[200];
        reason.AsSpan().Fill(0x80);
        byte[] destination = new byte[FrameWriter.MaxControlFrameLength];
        int written = FrameWriter.WriteClose(destination, 1000, reason);
        Assert.That(Convert.ToHexString(destination, 0, written), Is.EqualTo("880203E8"));
    }

    [Test]
    public void Exactly_the_registered_and_private_codes_are_valid_on_the_wire()
    {
        int[] valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, .. Enumerable.Range(3000, 2000)];
        Assert.That(Enumerable.Range(-10, 70_000).Where(CloseCode.IsValidOnWire), Is.EqualTo(valid));
    }

    private static string Close(ushort code, string reason)
    {
        byte[] destination = new byte[FrameWriter.MaxControlFrameLength];
        return Convert.ToHexString(destination, 0, FrameWriter.WriteClose(destination, code, Encoding.UTF8.GetBytes(reason)));
    }

    [Test]
    public void A_new_frame_has_its_header_and_room_for_exactly_the_payload([Values(0, 1, 125, 126, 65535, 65536)] int length)
    {
        byte[] frame = FrameWriter.Create(OpCode.Binary, length, out Span<byte> payload);
        byte[] header = new byte[FrameWriter.HeaderLength(length)];
        FrameWriter.WriteHeader(header, OpCode.Binary, length);
        Assert.That(frame[..^length], Is.EqualTo(header));
        Assert.That(payload.Length, Is.EqualTo(length));
        payload.Fill(7);
        Assert.That(frame.AsSpan(header.Length).IndexOfAnyExcept((byte)7), Is.EqualTo(-1));
    }
}
