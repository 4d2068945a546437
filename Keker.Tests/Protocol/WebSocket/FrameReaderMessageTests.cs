using System.Buffers;
using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class FrameReaderMessageTests
{
    private static FrameReader Create() => new(maxMessageBytes: 1 << 20, maxFragments: 4);

    [Test]
    public void The_masked_text_sample_of_the_RFC_is_read()
    {
        byte[] frame = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58];
        Reading.Expect(frame, Create, "Text 5 " + Convert.ToHexString("Hello"u8));
    }

    [Test]
    public void Messages_of_every_length_around_the_length_forms_and_vectors_arrive_whole(
        [Values(0, 1, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 124, 125, 126, 127, 128, 255, 256)] int length,
        [Values(OpCode.Text, OpCode.Binary)] OpCode opCode)
    {
        byte[] payload = opCode == OpCode.Text ? Encoding.ASCII.GetBytes(new string('x', length)) : TestBytes.Random(length);
        Reading.Expect(ClientFrame.Of(opCode, payload), Create, $"{opCode} {length} {Reading.Show(payload)}");
    }

    [Test]
    public void Long_messages_arrive_whole([Values(16383, 16384, 16385, 65535, 65536, 200_001)] int length)
    {
        byte[] payload = TestBytes.Random(length);
        byte[] frame = ClientFrame.Of(OpCode.Binary, payload);
        int[] splits = [0, 1, 2, 3, 9, 10, 13, 14, 15, 16, 17, 1000, 16384, frame.Length - 1, frame.Length];
        string[] expected = [$"Binary {length} {Reading.Show(payload)}"];
        Assert.That(Reading.Whole(frame, Create), Is.EqualTo(expected));
        Reading.ExpectAtEverySplit(frame, Create, splits, expected);
    }

    [Test]
    public void Fragments_make_one_message()
    {
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Of(OpCode.Text, "one ", final: false),
            ClientFrame.Of(OpCode.Continuation, "two ", final: false),
            ClientFrame.Of(OpCode.Continuation, "", final: false),
            ClientFrame.Of(OpCode.Continuation, "three"));
        Reading.Expect(bytes, Create, "Text 13 " + Convert.ToHexString("one two three"u8));
    }

    [Test]
    public void Several_messages_in_one_input_come_one_after_the_other()
    {
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Of(OpCode.Text, "a"),
            ClientFrame.Of(OpCode.Binary, [0xFF]),
            ClientFrame.Of(OpCode.Text, ""),
            ClientFrame.Of(OpCode.Text, "b"));
        Reading.Expect(bytes, Create, "Text 1 61", "Binary 1 FF", "Text 0 ", "Text 1 62");
    }

    [Test]
    public void Control_frames_between_fragments_are_reported_at_once_and_leave_the_message_alone()
    {
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Of(OpCode.Text, "a", final: false),
            ClientFrame.Of(OpCode.Ping, "p"),
            ClientFrame.Of(OpCode.Continuation, "b", final: false),
            ClientFrame.Of(OpCode.Pong, ""),
            ClientFrame.Of(OpCode.Continuation, "c"));
        Reading.Expect(bytes, Create, "Ping 70", "Pong ", "Text 3 616263");
    }

    [Test]
    public void More_fragments_than_allowed_fail_with_1008_at_the_first_byte_of_the_one_too_many([Values(1, 2, 4)] int allowed)
    {
        FrameReader Limited() => new(1000, allowed);
        var bytes = new List<byte>(ClientFrame.Of(OpCode.Text, "a", final: false));
        for (int i = 1; i < allowed; i++) bytes.AddRange(ClientFrame.Of(OpCode.Continuation, "a", final: false));
        int before = bytes.Count;
        bytes.AddRange(ClientFrame.Of(OpCode.Continuation, "a"));

        Reading.Expect([.. bytes], Limited, "Failed 1008 too many fragments");
        Assert.That(Reading.EndsAfter([.. bytes], Limited), Is.EqualTo(before + 1));
    }

    [Test]
    public void As_many_fragments_as_allowed_pass_in_every_message()
    {
        byte[] message = ClientFrame.Join(
            ClientFrame.Of(OpCode.Binary, "a", final: false),
            ClientFrame.Of(OpCode.Continuation, "b", final: false),
            ClientFrame.Of(OpCode.Continuation, "c", final: false),
            ClientFrame.Of(OpCode.Continuation, "d"));
        Reading.Expect(ClientFrame.Join(message, message), Create, "Binary 4 61626364", "Binary 4 61626364");
    }

    [Test]
    public void A_flood_of_empty_continuations_fails_with_1008()
    {
        byte[] bytes = ClientFrame.Join(
            [ClientFrame.Of(OpCode.Text, "", final: false), .. Enumerable.Repeat(ClientFrame.Of(OpCode.Continuation, "", final: false), 100)]);
        Reading.Expect(bytes, Create, "Failed 1008 too many fragments");
        Assert.That(Reading.EndsAfter(bytes, Create), Is.EqualTo((4 * 6) + 1));
    }

    [Test]
    public void A_compressed_message_is_marked_and_its_text_left_to_the_caller()
    {
        static FrameReader Compressed() => new(1000, 4, allowCompressed: true);
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Raw(0x41, [0xFF, 0xFE]), ClientFrame.Raw(0x80, [0xC0]), ClientFrame.Of(OpCode.Text, "a"), ClientFrame.Raw(0xC2, [1]));
        Reading.Expect(bytes, Compressed, "Text 3 compressed FFFEC0", "Text 1 61", "Binary 1 compressed 01");
    }

    [Test]
    public void Raised_limits_apply_to_the_next_message()
    {
        var reading = new Reading(new FrameReader(maxMessageBytes: 2, maxFragments: 1));
        reading.Feed(ClientFrame.Of(OpCode.Text, "ab"));
        reading.Reader.MaxMessageBytes = 4;
        reading.Reader.MaxFragments = 2;
        reading.Feed(ClientFrame.Join(ClientFrame.Of(OpCode.Text, "abc", final: false), ClientFrame.Of(OpCode.Continuation, "d")));
        Assert.That(reading.Lines, Is.EqualTo(["Text 2 6162", "Text 4 61626364"]));
    }

    [Test]
    public void A_limit_lowered_under_what_a_message_has_fails_its_next_frame()
    {
        var reading = new Reading(new FrameReader(maxMessageBytes: 10, maxFragments: 4));
        reading.Feed(ClientFrame.Of(OpCode.Text, "abcdef", final: false));
        reading.Reader.MaxMessageBytes = 5;
        reading.Feed(ClientFrame.Of(OpCode.Continuation, ""));
        Assert.That(reading.Lines, Is.EqualTo(["Failed 1009 message too big"]));
    }

    [Test]
    public void The_reader_knows_whether_it_is_inside_a_message()
    {
        var reading = new Reading(Create());
        var seen = new List<bool> { reading.Reader.InMessage };
        foreach (byte[] frame in (byte[][])[
            ClientFrame.Of(OpCode.Text, "a", final: false), ClientFrame.Of(OpCode.Ping, ""), ClientFrame.Of(OpCode.Continuation, "b")])
        {
            reading.Feed(frame);
            seen.Add(reading.Reader.InMessage);
        }

        Assert.That(seen, Is.EqualTo([false, true, true, false]));
    }

    [Test]
    public void Without_a_sink_messages_are_counted_and_dropped()
    {
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Of(OpCode.Text, new string('ä', 3000), final: false),
            ClientFrame.Of(OpCode.Continuation, "end"),
            ClientFrame.Of(OpCode.Binary, new byte[5000]));
        Assert.That(Reading.Whole(bytes, Create, drop: true), Is.EqualTo(["Text 6003", "Binary 5000"]));
    }

    [Test]
    public void The_sink_is_never_asked_for_more_than_has_arrived()
    {
        var sink = new AskedSink();
        byte[] frame = ClientFrame.Of(OpCode.Binary, new byte[900_000]);
        var input = new ReadOnlySequence<byte>(frame, 0, 114);
        FrameEvent happened = Create().Read(ref input, sink, new byte[125], out _);
        Assert.That((happened, sink.Largest, sink.Written), Is.EqualTo((FrameEvent.NeedMore, 100, 100)));
    }

    [Test]
    public void Payload_reaches_the_sink_before_the_message_ends()
    {
        var sink = new ArrayBufferWriter<byte>();
        var input = new ReadOnlySequence<byte>(ClientFrame.Of(OpCode.Text, "abcdef"), 0, 9);
        FrameEvent happened = Create().Read(ref input, sink, new byte[125], out _);
        Assert.That(happened, Is.EqualTo(FrameEvent.NeedMore));
        Assert.That(input.Length, Is.Zero);
        Assert.That(sink.WrittenSpan.ToArray(), Is.EqualTo("abc"u8.ToArray()));
    }

    private sealed class AskedSink : IBufferWriter<byte>
    {
        public int Largest { get; private set; }

        public int Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Largest = Math.Max(Largest, sizeHint);
            return new byte[Math.Max(1, sizeHint)];
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
