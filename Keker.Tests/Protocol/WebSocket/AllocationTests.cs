using System.Buffers;
using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>The codec works on the caller's memory alone.</summary>
[TestFixture]
internal sealed class AllocationTests
{
    private readonly byte[] _control = new byte[FrameWriter.MaxControlPayload];
    private readonly byte[] _buffer = new byte[70_000];

    [Test]
    public void Reading_allocates_nothing([Values(0, 1, 7)] int segmentSize, [Values] bool drop)
    {
        byte[] bytes = ClientFrame.Join(
            ClientFrame.Of(OpCode.Text, new string('ä', 700), final: false),
            ClientFrame.Of(OpCode.Ping, "p"),
            ClientFrame.Of(OpCode.Continuation, "end"),
            ClientFrame.Of(OpCode.Binary, new byte[30_000]),
            ClientFrame.Of(OpCode.Pong, ""));
        ReadOnlySequence<byte> sequence = segmentSize == 0 ? new(bytes) : Segments.Of(bytes, segmentSize);
        var reader = new FrameReader(100_000, 4);
        ArrayBufferWriter<byte>? sink = drop ? null : new ArrayBufferWriter<byte>(100_000);

        int events = 0;
        long allocated = Allocations.Least(() =>
        {
            ReadOnlySequence<byte> input = sequence;
            sink?.ResetWrittenCount();
            events = 0;
            while (reader.Read(ref input, sink, _control, out _) is not (FrameEvent.NeedMore or FrameEvent.Failed)) events++;
        });
        Assert.That((events, allocated), Is.EqualTo((4, 0L)));
    }

    [Test]
    public void A_failure_allocates_nothing()
    {
        byte[] bytes = ClientFrame.Raw(0x83, default);
        var reader = new FrameReader(1000, 4);
        int written = 0;
        long allocated = Allocations.Least(() =>
        {
            var input = new ReadOnlySequence<byte>(bytes);
            reader.Read(ref input, null, _control, out _);
            written = FrameWriter.WriteClose(_buffer, reader.FailureCode, reader.FailureReason);
        });
        Assert.That((written, allocated), Is.EqualTo((4 + "reserved opcode".Length, 0L)));
    }

    [Test]
    public void Writing_masking_and_validating_allocate_nothing()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aä€😀", 5000)));
        byte[] key = Encoding.ASCII.GetBytes("dGhlIHNhbXBsZSBub25jZQ==");
        bool valid = false;
        long allocated = Allocations.Least(() =>
        {
            FrameWriter.WriteHeader(_buffer, OpCode.Text, 65536);
            FrameWriter.WriteControl(_buffer, OpCode.Ping, _control);
            FrameWriter.WriteClose(_buffer, 1001, _control);
            Masking.Apply(text, _buffer, 0x01020304, 3);
            var validator = default(Utf8Validator);
            valid = validator.Append(text.AsSpan(0, 4999)) && validator.Append(text.AsSpan(4999)) && validator.IsComplete;
            UpgradeResponse.Write(_buffer, key, "keker.v2"u8, "permessage-deflate"u8);
        });
        Assert.That((valid, allocated), Is.EqualTo((true, 0L)));
    }

    [Test]
    public void Parsing_a_HELLO_allocates_nothing()
    {
        byte[] message = Encoding.UTF8.GetBytes("HELLO tökén-😀");
        var kind = CommandKind.Malformed;
        long allocated = Allocations.Least(() => kind = ClientCommand.Parse(message, tagged: false).Kind);
        Assert.That((kind, allocated), Is.EqualTo((CommandKind.Hello, 0L)));
    }

    [Test]
    public void A_reader_takes_at_most_48_bytes()
    {
        FrameReader? reader = null;
        long allocated = Allocations.Least(() => reader = new FrameReader(1000, 4), enough: 48);
        Assert.That(reader, Is.Not.Null);
        Assert.That(allocated, Is.LessThanOrEqualTo(48));
    }
}
