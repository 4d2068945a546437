using System.Buffers;
using System.IO.Compression;
using System.Text;
using Keker.Protocol.Deflate;

namespace Keker.Tests.Protocol.Deflate;

[TestFixture]
internal sealed class InflaterTests
{
    [TestCase("f248cdc9c90700", "Hello", Description = "RFC 7692 7.2.3.1")]
    [TestCase("000500faff48656c6c6f00", "Hello", Description = "7.2.3.3: a stored block")]
    [TestCase("f348cdc9c9070000", "Hello", Description = "7.2.3.4: a final block")]
    [TestCase("f248050000 00ffffcac9c90700", "Hello", Description = "7.2.3.5: two blocks")]
    [TestCase("00", "", Description = "7.2.3.6: an empty message")]
    [TestCase("", "", Description = "no bytes at all")]
    [TestCase("01", "", Description = "an empty stored block that is final")]
    [TestCase("0300", "", Description = "an empty final block and nothing behind it")]
    [TestCase("030000", "")]
    [TestCase("f348cdc9c90700", "Hello", Description = "a final block and nothing behind it")]
    [TestCase("f348cdc9c90700 f248cdc9c90700", "HelloHello", Description = "another stream behind a final block")]
    [TestCase("f348cdc9c90700 f348cdc9c90700 f348cdc9c90700", "HelloHelloHello")]
    [TestCase("010500faff48656c6c6f 0300 000000ffff 00", "Hello")]
    [TestCase("4a04000000ffff 00", "a", Description = "a fixed block, then empty stored ones")]
    public void A_valid_message_is_inflated(string hex, string plain)
    {
        byte[] message = Bytes(hex);
        foreach (int segmentSize in (int[])[0, 1, 2, 3, 7])
        {
            Assert.That(Deflated.Inflate(message, out byte[] inflated, segmentSize: segmentSize), Is.EqualTo(InflateStatus.Complete));
            Assert.That(Encoding.ASCII.GetString(inflated), Is.EqualTo(plain));
        }
    }

    [TestCase("07", Description = "block type 3")]
    [TestCase("06")]
    [TestCase("ff")]
    [TestCase("000500", Description = "a stored block without its complement")]
    [TestCase("000500faff", Description = "a stored block without its bytes")]
    [TestCase("000500faff48", Description = "four bytes too few, which the removed ones do not replace")]
    [TestCase("000500fafe48656c6c6f00", Description = "a wrong complement")]
    [TestCase("000500faff48656c6c6f", Description = "no empty block at the end")]
    [TestCase("f248cdc9c90700 0000ffff", Description = "the last four bytes were not removed")]
    [TestCase("f248cdc9c90700 00", Description = "garbage")]
    [TestCase("f248cdc9c90700 ff")]
    [TestCase("f348cdc9c9070000 00", Description = "garbage behind a final block")]
    [TestCase("f348cdc9c90700 ff")]
    [TestCase("f348cdc9c90700 42", Description = "half a stream behind a final block")]
    public void An_invalid_message_is_refused(string hex)
    {
        byte[] message = Bytes(hex);
        foreach (int segmentSize in (int[])[0, 1, 3])
            Assert.That(Deflated.Inflate(message, out _, segmentSize: segmentSize), Is.EqualTo(InflateStatus.Invalid));
    }

    // Blocks bit by bit, in the order of the stream: final, type, and then
    //   fixed codes: "10010001" is an a, "0000001" copies 3 bytes, "00000" from 1 back, "00001" from 2 back, "0000000" ends the block;
    //   own codes: numbers of literals (257 + 5 bits), distances (1 + 5 bits), code lengths (4 + 4 bits).
    [TestCase("0 10 10010001 0000001 00000 0000000 000", "aaaa")]
    [TestCase("0 10 10010001 0000001 00001 0000000 000", null, Description = "a copy from before the message")]
    [TestCase("0 10 0000001 00000 0000000 000", null, Description = "a copy before any byte")]
    [TestCase("0 10 10010001 11000110 00000 0000000 000", null, Description = "length symbol 286")]
    [TestCase("0 10 10010001 0000001 11110 0000000 000", null, Description = "distance symbol 30")]
    [TestCase("0 01 10111 00000 0000 0000000000000000", null, Description = "286 literals, but no code of code lengths")]
    [TestCase("0 01 01111 00000 0000 0000000000000000", null, Description = "287 literals")]
    [TestCase("0 01 00000 01111 0000 0000000000000000", null, Description = "31 distances")]
    [TestCase("0 01 00000 00000 0000 100 000 000 000 0000", null, Description = "a code of code lengths with one symbol")]
    [TestCase("0 01 00000 00000 0000 100 100 100 000 0000", null, Description = "three symbols of one bit")]
    [TestCase("0 01 00000 00000 0000 100 000 000 100 1 00 0000", null, Description = "a repeat of nothing")]
    [TestCase("0 01 00000 00000 0000 000 000 100 100 1 1111111 1 1111111 00", null, Description = "lengths beyond the last symbol")]
    [TestCase("0 01 00000 00000 0000 000 000 100 100 1 1111111 1 1011011 0 0", null, Description = "no code for the end of the block")]
    [TestCase("0 01 00000 00000 0111 000 000 01 0", null, Description = "the end of the input inside the tables")]
    public void A_block_is_read_bit_by_bit(string bits, string? plain)
    {
        Assert.That(Deflated.Inflate(Deflated.Bits(bits), out byte[] inflated), Is.EqualTo(plain == null ? InflateStatus.Invalid : InflateStatus.Complete));
        if (plain != null) Assert.That(Encoding.ASCII.GetString(inflated), Is.EqualTo(plain));
    }

    [Test]
    public void A_copy_cannot_reach_behind_a_final_block()
    {
        byte[] copy = Deflated.Bits("0 10 0000001 00100 0 0000000 000");
        byte[] hello = Deflated.FinalStream("Hello"u8);
        Assert.That(Deflated.Inflate([.. Deflated.Message("Hello"u8), 0, 0, 0xFF, 0xFF, .. copy], out byte[] plain), Is.EqualTo(InflateStatus.Complete));
        Assert.That(Encoding.ASCII.GetString(plain), Is.EqualTo("HelloHel"));
        Assert.That(Deflated.Inflate([.. hello, .. copy], out _), Is.EqualTo(InflateStatus.Invalid));
    }

    [Test]
    public void What_the_platform_deflates_is_inflated(
        [Values(0, 1, 6, 9)] int level, [Values] ZLibCompressionStrategy strategy, [Values(0, 1, 2, 3)] int size)
    {
        int bytes = new Random(level * 100 + (int)strategy).Next((int)Math.Pow(60, size)) + size;
        byte[] plain = Deflated.Mixed(bytes, seed: bytes);
        byte[] message = Deflated.Message(plain, level, strategy);
        foreach (int segmentSize in (int[])[0, 5, 4096])
        {
            Assert.That(Deflated.Inflate(message, out byte[] inflated, segmentSize: segmentSize), Is.EqualTo(InflateStatus.Complete));
            Assert.That(inflated.AsSpan().SequenceEqual(plain), Is.True);
        }
    }

    [Test]
    public void Any_size_up_to_a_mebibyte_is_inflated([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        byte[] plain = Deflated.Mixed((int)Math.Pow(2, random.NextDouble() * 20), seed);
        byte[] message = Deflated.Message(plain, random.Next(10), flushEvery: random.Next(2) == 0 ? int.MaxValue : random.Next(1000, 70_000));
        Assert.That(Deflated.Inflate(message, out byte[] inflated, plain.Length, segmentSize: random.Next(5000)), Is.EqualTo(InflateStatus.Complete));
        Assert.That(inflated.AsSpan().SequenceEqual(plain), Is.True);
        Assert.That(Deflated.Inflate(message, out _, plain.Length - 1), Is.EqualTo(InflateStatus.TooBig));
    }

    [Test]
    public void Streams_of_any_size_may_follow_each_other([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var plain = new List<byte>();
        var message = new List<byte>();
        for (int i = random.Next(1, 20); i > 0; i--)
        {
            byte[] part = Deflated.Mixed(random.Next(20_000), random.Next());
            plain.AddRange(part);
            message.AddRange(Deflated.FinalStream(part));
        }

        Assert.That(Deflated.Inflate([.. message], out byte[] inflated, segmentSize: random.Next(3000)), Is.EqualTo(InflateStatus.Complete));
        Assert.That(inflated.AsSpan().SequenceEqual(plain.ToArray()), Is.True);
    }

    [Test]
    public void Sixteen_mebibytes_are_inflated()
    {
        byte[] plain = Deflated.Mixed(16 * 1024 * 1024, seed: 3);
        Assert.That(Deflated.Inflate(Deflated.Message(plain, level: 1), out byte[] inflated, plain.Length), Is.EqualTo(InflateStatus.Complete));
        Assert.That(inflated.AsSpan().SequenceEqual(plain), Is.True);
    }

    [Test]
    public void Inflating_allocates_nothing_once_a_thread_has_its_tables()
    {
        var message = new ReadOnlySequence<byte>(Deflated.Message(Deflated.Json(100_000)));
        var output = new ArrayBufferWriter<byte>(200_000);
        var status = InflateStatus.Invalid;
        Assert.That(Allocations.Least(() =>
        {
            output.ResetWrittenCount();
            status = Inflater.Inflate(message, 100_000, output);
        }), Is.Zero);
        Assert.That(status, Is.EqualTo(InflateStatus.Complete));
    }

    [Test]
    public void A_negative_limit_is_a_bug_of_the_caller() =>
        Assert.That(() => Deflated.Inflate([0], out _, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));
}
