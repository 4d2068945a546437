using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Protocol.Deflate;

[TestFixture]
internal sealed class DeflaterTests
{
    [TestCase(1024, 4)]
    [TestCase(4096, 4)]
    [TestCase(60_000, 4)]
    [TestCase(1024 * 1024, 10)]
    public void A_message_becomes_one_smaller_frame_with_RSV1(int bytes, int headerLength)
    {
        byte[] plain = Deflated.Json(bytes);
        byte[] frame = Deflater.TryDeflateFrame(OpCode.Text, plain)!;

        Assert.That(frame, Has.Length.LessThan(bytes / 2));
        Assert.That(frame[0], Is.EqualTo(0xC1));
        Assert.That(headerLength, Is.EqualTo(FrameWriter.HeaderLength(frame.Length - headerLength)));
        byte[] header = new byte[headerLength];
        FrameWriter.WriteHeader(header, OpCode.Text, frame.Length - headerLength, compressed: true);
        Assert.That(frame[..headerLength], Is.EqualTo(header));
        Assert.That(Inflate(frame).AsSpan().SequenceEqual(plain), Is.True);
    }

    [Test]
    public void A_short_frame_has_a_short_header()
    {
        byte[] frame = Deflater.TryDeflateFrame(OpCode.Binary, new byte[2000])!;
        Assert.That(frame, Has.Length.LessThan(30));
        Assert.That(frame[0], Is.EqualTo(0xC2));
        Assert.That(frame[1], Is.EqualTo(frame.Length - 2));
    }

    [Test]
    public void Any_message_comes_back([Range(1, 60)] int seed)
    {
        byte[] plain = Deflated.Mixed((int)Math.Pow(2, 10 + new Random(seed).NextDouble() * 10), seed);
        if (Deflater.TryDeflateFrame(OpCode.Binary, plain) is not byte[] frame) return;

        Assert.That(frame, Has.Length.LessThan(plain.Length));
        Assert.That(Inflate(frame).AsSpan().SequenceEqual(plain), Is.True);
    }

    [TestCase(1024)]
    [TestCase(20_000)]
    [TestCase(1024 * 1024)]
    public void What_does_not_get_smaller_is_sent_plain(int bytes) =>
        Assert.That(Deflater.TryDeflateFrame(OpCode.Binary, TestBytes.Random(bytes)), Is.Null);

    [Test]
    public void What_gets_only_a_little_smaller_is_sent_plain([Values(8_000, 500_000)] int bytes)
    {
        byte[] tenth = [.. TestBytes.Random(bytes), .. new byte[bytes / 9]];
        byte[] fifth = [.. TestBytes.Random(bytes), .. new byte[bytes / 4]];
        Assert.That(Deflater.TryDeflateFrame(OpCode.Binary, tenth), Is.Null);
        Assert.That(Deflater.TryDeflateFrame(OpCode.Binary, fifth), Is.Not.Null);
    }

    [Test]
    public void A_small_message_is_sent_plain()
    {
        Assert.That(Deflater.TryDeflateFrame(OpCode.Text, new byte[Deflater.MinBytes - 1]), Is.Null);
        Assert.That(Deflater.TryDeflateFrame(OpCode.Text, default), Is.Null);
        Assert.That(Deflater.TryDeflateFrame(OpCode.Text, new byte[Deflater.MinBytes]), Is.Not.Null);
    }

    [Test]
    public void Threads_do_not_disturb_each_other()
    {
        byte[][] plain = [.. Enumerable.Range(0, 16).Select(seed => Deflated.Json(5000 + seed * 1000, seed))];
        Parallel.For(0, 400, i =>
        {
            byte[] frame = Deflater.TryDeflateFrame(OpCode.Text, plain[i % plain.Length])!;
            Assert.That(Inflate(frame).AsSpan().SequenceEqual(plain[i % plain.Length]), Is.True);
        });
    }

    [Test]
    public void A_frame_allocates_little_but_itself()
    {
        byte[] plain = Deflated.Json(4096);
        byte[] frame = Deflater.TryDeflateFrame(OpCode.Text, plain)!;
        long allocated = Allocations.Least(() => frame = Deflater.TryDeflateFrame(OpCode.Text, plain)!, enough: frame.Length + 599);
        Assert.That(allocated, Is.LessThan(frame.Length + 600));
    }

    private static byte[] Inflate(byte[] frame)
    {
        int header = frame[1] switch { 127 => 10, 126 => 4, _ => 2 };
        Assert.That(Deflated.Inflate(frame[header..], out byte[] plain), Is.EqualTo(InflateStatus.Complete));
        return plain;
    }
}
