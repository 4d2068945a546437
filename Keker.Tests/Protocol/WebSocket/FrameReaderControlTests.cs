using System.Buffers;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class FrameReaderControlTests
{
    private static FrameReader Create() => new(maxMessageBytes: 100, maxFragments: 4);

    [Test]
    public void Pings_and_pongs_carry_up_to_125_bytes(
        [Values(OpCode.Ping, OpCode.Pong)] OpCode opCode, [Values(0, 1, 2, 8, 16, 17, 64, 124, 125)] int length)
    {
        byte[] payload = TestBytes.Random(length);
        Reading.Expect(ClientFrame.Of(opCode, payload), Create, $"{opCode} {Convert.ToHexString(payload)}");
    }

    [Test]
    public void A_control_frame_is_not_consumed_before_it_is_complete()
    {
        var reading = new Reading(Create());
        byte[] frame = ClientFrame.Of(OpCode.Ping, new byte[125]);
        reading.Feed(frame.AsSpan(0, frame.Length - 1));
        Assert.That((reading.Lines.Count, reading.Pending), Is.EqualTo((0, frame.Length - 1)));
        reading.Feed(frame.AsSpan(frame.Length - 1));
        Assert.That((reading.Lines.Count, reading.Pending), Is.EqualTo((1, 0)));
    }

    [Test]
    public void A_close_without_payload_reads_as_1005() =>
        Reading.Expect(ClientFrame.Of(OpCode.Close, ""), Create, "Close 1005 ");

    [Test]
    public void A_close_carries_its_code_and_reason() =>
        Reading.Expect(ClientFrame.Close(1001, "bye ä"), Create, "Close 1001 03E9627965" + "20C3A4");

    [Test]
    public void A_close_reason_may_be_123_bytes() =>
        Reading.Expect(
            ClientFrame.Close(1000, new string('x', 123)), Create, "Close 1000 03E8" + string.Concat(Enumerable.Repeat("78", 123)));

    [Test]
    public void Valid_close_codes_are_reported(
        [Values(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)] int code) =>
        Reading.Expect(ClientFrame.Close(code), Create, $"Close {code} {code:X4}");

    [Test]
    public void Invalid_close_codes_fail_with_1002(
        [Values(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)] int code, [Values("", "reason")] string reason) =>
        Reading.Expect(ClientFrame.Close(code, reason), Create, "Failed 1002 invalid close code");

    [TestCase(new byte[] { 3, 232, 0xFF })]
    [TestCase(new byte[] { 3, 232, 0xC3 })]
    [TestCase(new byte[] { 3, 232, 0x61, 0xED, 0xA0, 0x80 })]
    public void A_close_reason_that_is_not_UTF8_fails_with_1007(byte[] payload) =>
        Reading.Expect(ClientFrame.Of(OpCode.Close, payload), Create, "Failed 1007 close reason is not UTF-8");

    [Test]
    public void A_wrong_code_comes_before_a_wrong_reason() =>
        Reading.Expect(ClientFrame.Of(OpCode.Close, [0, 0, 0xFF]), Create, "Failed 1002 invalid close code");

    [Test]
    public void A_close_inside_a_message_ends_it() =>
        Reading.Expect(
            ClientFrame.Join(ClientFrame.Of(OpCode.Text, "a", final: false), ClientFrame.Close(1000)), Create, "Close 1000 03E8");

    [Test]
    public void Nothing_is_consumed_or_reported_after_a_close()
    {
        FrameReader reader = Create();
        byte[] ping = ClientFrame.Of(OpCode.Ping, "p");
        var input = new ReadOnlySequence<byte>(ClientFrame.Join(ClientFrame.Close(1000), ping));
        byte[] control = new byte[125];
        Assert.That(reader.Read(ref input, null, control, out _), Is.EqualTo(FrameEvent.Close));
        for (int i = 0; i < 2; i++)
        {
            Assert.That(reader.Read(ref input, null, control, out int length), Is.EqualTo(FrameEvent.NeedMore));
            Assert.That((input.Length, length, reader.CloseCode), Is.EqualTo(((long)ping.Length, 0, (ushort)1000)));
        }
    }

    [Test]
    public void Nothing_is_consumed_after_a_failure_and_it_stays()
    {
        FrameReader reader = Create();
        byte[] bytes = ClientFrame.Join(ClientFrame.Raw(0x83, default), ClientFrame.Of(OpCode.Ping, "p"));
        var input = new ReadOnlySequence<byte>(bytes);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(reader.Read(ref input, null, new byte[125], out int length), Is.EqualTo(FrameEvent.Failed));
            Assert.That((input.Length, length, reader.FailureCode), Is.EqualTo(((long)bytes.Length, 0, CloseCode.ProtocolError)));
        }

        input = new ReadOnlySequence<byte>(ClientFrame.Of(OpCode.Text, "fine"));
        Assert.That(reader.Read(ref input, null, new byte[125], out _), Is.EqualTo(FrameEvent.Failed));
    }

    [Test]
    public void A_reader_that_has_not_failed_has_no_failure()
    {
        var reading = new Reading(Create());
        reading.Feed(ClientFrame.Of(OpCode.Ping, "p"));
        FrameReader reader = reading.Reader;
        Assert.That((reader.FailureCode, reader.FailureReason.Length, reader.CloseCode), Is.EqualTo(((ushort)0, 0, (ushort)0)));
    }

    [Test]
    public void Every_failure_has_a_code_that_may_be_sent_and_a_reason_that_fits()
    {
        foreach (FrameFailure failure in Enum.GetValues<FrameFailure>().Where(failure => failure != FrameFailure.None))
        {
            Assert.That(CloseCode.IsValidOnWire(FrameFailures.Code(failure)), Is.True, failure.ToString());
            Assert.That(FrameFailures.Reason(failure).Length, Is.InRange(1, 123), failure.ToString());
        }
    }

    [Test]
    public void A_control_span_that_is_too_short_is_refused()
    {
        var input = new ReadOnlySequence<byte>(ClientFrame.Of(OpCode.Ping, "p"));
        Assert.That(() => Create().Read(ref input, null, new byte[124], out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Limits_out_of_range_are_refused()
    {
        Assert.That(() => new FrameReader(-1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FrameReader(1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
