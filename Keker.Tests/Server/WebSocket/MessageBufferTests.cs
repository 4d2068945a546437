using Keker.Protocol.WebSocket;
using Keker.Server.Net;
using Keker.Server.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Server.WebSocket;

internal sealed class MessageBufferTests
{
    [Test]
    public void It_holds_what_was_written_however_it_grows([Values(0, 1, 245, 246, 247, 10_000, 300_000)] int length, [Values(1, 100, 70_000)] int pieces)
    {
        var buffer = new MessageBuffer(InputBuffers.Unbounded);
        byte[] message = TestBytes.Random(length);

        Write(buffer, message, pieces);

        Assert.That(buffer.Length, Is.EqualTo(length));
        Assert.That(buffer.Written.Span.SequenceEqual(message), Is.True);
    }

    [TestCase(0)]
    [TestCase(125)]
    [TestCase(126)]
    [TestCase(65535)]
    [TestCase(65536)]
    public void Its_frame_is_the_shortest_one_and_leaves_the_message_alone(int length)
    {
        var buffer = new MessageBuffer(InputBuffers.Unbounded);
        byte[] message = TestBytes.Random(length);
        Write(buffer, message, 1000);

        byte[] frame = buffer.ToFrame(OpCode.Binary).ToArray();

        byte[] expected = new byte[FrameWriter.HeaderLength(length)];
        FrameWriter.WriteHeader(expected, OpCode.Binary, length);
        Assert.That(frame.AsSpan().SequenceEqual([.. expected, .. message]), Is.True);
        Assert.That(buffer.Written.Span.SequenceEqual(message), Is.True);
    }

    [Test]
    public void It_gives_as_much_room_as_was_asked_for([Values(0, 1, 256, 5000)] int asked)
    {
        var buffer = new MessageBuffer(InputBuffers.Unbounded);
        Write(buffer, new byte[200], 200);

        Assert.That(buffer.GetSpan(asked).Length, Is.AtLeast(Math.Max(1, asked)));
        Assert.That(buffer.Length, Is.EqualTo(200), "nothing is written yet");
    }

    [Test]
    public void Its_frame_needs_no_more_memory_than_the_message()
    {
        var budget = new UnfinishedBudget(1 << 20);
        var buffer = new MessageBuffer(new InputBuffers(budget));
        byte[] message = TestBytes.Random(100_000);
        while (buffer.Length < message.Length)
        {
            int count = Math.Min(buffer.GetSpan(1).Length, message.Length - buffer.Length);
            message.AsSpan(buffer.Length, count).CopyTo(buffer.GetSpan(1));
            buffer.Advance(count);
        }
        budget.Take(1 << 20);

        Assert.That(buffer.ToFrame(OpCode.Binary).Span.EndsWith(message), Is.True);
        Assert.That(buffer.IsStarved, Is.False);
    }

    [Test]
    public void Where_there_is_no_memory_the_rest_of_a_long_message_takes_none()
    {
        var budget = new UnfinishedBudget(9 << 20);
        var buffer = new MessageBuffer(new InputBuffers(budget));
        buffer.GetSpan(5 << 20);
        buffer.Advance(5 << 20);

        Assert.That(buffer.GetSpan(1 << 20).Length, Is.LessThan(2 << 20));
        Assert.That(buffer.IsStarved, Is.True);
    }

    [Test]
    public void Cleared_it_begins_anew()
    {
        var buffer = new MessageBuffer(InputBuffers.Unbounded);
        Write(buffer, TestBytes.Random(1000), 100);

        buffer.Clear();
        buffer.Clear();

        Assert.That((buffer.Length, buffer.Written.Length), Is.EqualTo((0, 0)));
        Write(buffer, "again"u8.ToArray(), 2);
        Assert.That(buffer.Written.ToArray(), Is.EqualTo("again"u8.ToArray()));
    }

    private static void Write(MessageBuffer buffer, byte[] message, int pieces)
    {
        foreach (byte[] piece in message.Chunk(pieces))
        {
            piece.CopyTo(buffer.GetSpan(piece.Length));
            buffer.Advance(piece.Length);
        }
    }
}
