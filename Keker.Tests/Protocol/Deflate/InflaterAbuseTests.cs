using System.Diagnostics;
using Keker.Protocol.Deflate;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Protocol.Deflate;

/// <summary>Bombs, damage and truncation.</summary>
[TestFixture]
internal sealed class InflaterAbuseTests
{
    private const int Limit = 51_200;

    [Test]
    public void A_bomb_stops_at_the_limit([Values(0, 1, Limit, 200_000)] int limit)
    {
        byte[] message = Deflated.Message(new byte[10 * 1024 * 1024]);
        Assert.That(message, Has.Length.LessThan(50_000));

        Assert.That(Deflated.Inflate(message, out byte[] plain, limit), Is.EqualTo(InflateStatus.TooBig));
        Assert.That(plain, Has.Length.LessThanOrEqualTo(limit));
    }

    [Test]
    public void The_limit_holds_over_several_streams()
    {
        byte[] part = Deflated.FinalStream(new byte[30_000]);
        Assert.That(Deflated.Inflate([.. part, .. part], out byte[] plain, Limit), Is.EqualTo(InflateStatus.TooBig));
        Assert.That(plain, Has.Length.LessThanOrEqualTo(Limit));
    }

    [Test]
    public void A_stored_block_over_the_limit_is_too_big()
    {
        byte[] message = Deflated.Message(TestBytes.Random(Limit + 1), level: 0);
        Assert.That(Deflated.Inflate(message, out _, Limit), Is.EqualTo(InflateStatus.TooBig));
        Assert.That(Deflated.Inflate(message, out byte[] plain, Limit + 1), Is.EqualTo(InflateStatus.Complete));
        Assert.That(plain, Is.EqualTo(TestBytes.Random(Limit + 1)));
    }

    [Test]
    public void An_empty_message_fits_a_limit_of_zero() =>
        Assert.That(Deflated.Inflate([0], out _, maxBytes: 0), Is.EqualTo(InflateStatus.Complete));

    // The last one brings codes for nothing but the end of the block: 138 and 118 zeros, one bit for symbol 256, one for a distance.
    [TestCase("000 00000 0000000000000000 1111111111111111", Description = "empty stored blocks")]
    [TestCase("1 10 0000000", Description = "empty final streams")]
    [TestCase("1 01 00000 00000 0111 000 000 100 000 000 000 000 000 000 000 000 000 000 000 000 000 000 100 11111111 11101011 0 0 0")]
    public void Blocks_that_give_nothing_take_linear_time(string bits)
    {
        byte[] block = Deflated.Bits(bits);
        byte[] message = [.. Enumerable.Repeat(block, 1_000_000 / block.Length).SelectMany(bytes => bytes), 0];
        var watch = Stopwatch.StartNew();
        Assert.That(Deflated.Inflate(message, out byte[] plain), Is.EqualTo(InflateStatus.Complete));

        // A few milliseconds; in quadratic time it would be many minutes.
        Assert.That(watch.Elapsed, Is.LessThan(Patience.Limit));
        Assert.That(plain, Is.Empty);
    }

    [TestCase(0, 2, Description = "its first byte alone is the empty message")]
    [TestCase(1, 1)]
    [TestCase(6, 1)]
    public void A_message_cut_off_at_any_byte_is_invalid(int level, int shortest)
    {
        byte[] message = Deflated.Message(Deflated.Json(3000), level);
        for (int length = shortest; length < message.Length; length++)
            Assert.That(Deflated.Inflate(message[..length], out _), Is.EqualTo(InflateStatus.Invalid), $"{length} of {message.Length} bytes");
    }

    [Test]
    public void A_final_stream_cut_off_at_any_byte_is_invalid()
    {
        byte[] message = Deflated.FinalStream(Deflated.Json(3000));
        for (int length = 1; length < message.Length; length++)
            Assert.That(Deflated.Inflate(message[..length], out _), Is.EqualTo(InflateStatus.Invalid), $"{length} of {message.Length} bytes");
    }

    [Test]
    public void One_byte_behind_the_end_is_invalid()
    {
        byte[] message = Deflated.Message(Deflated.Json(3000));
        for (int value = 0; value <= byte.MaxValue; value++)
            Assert.That(Deflated.Inflate([.. message, (byte)value], out _), Is.EqualTo(InflateStatus.Invalid), $"{value}");
    }

    [Test]
    public void Damage_gives_what_the_platform_makes_of_it_or_a_refusal([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        byte[] plain = Deflated.Mixed(random.Next(1, 3000), seed);
        byte[] message = Deflated.Message(plain, random.Next(10));
        for (int round = 0; round < 200; round++)
        {
            byte[] damaged = [.. message];
            for (int i = random.Next(3); i >= 0; i--) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            AgreesWithPlatform(damaged);
        }
    }

    [Test]
    public void Random_bytes_give_what_the_platform_makes_of_them_or_a_refusal([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] message = TestBytes.Random(random.Next(1, 60), random.Next());

            // Most would end at a block type or a stored block's complement: give the other two types their share.
            if (random.Next(3) != 0) message[0] = (byte)(message[0] & ~7 | random.Next(2, 6));
            AgreesWithPlatform(message);
        }
    }

    private static void AgreesWithPlatform(byte[] message)
    {
        InflateStatus status = Deflated.Inflate(message, out byte[] plain);
        Assert.That(Deflated.Inflate(message, out byte[] again, segmentSize: 3), Is.EqualTo(status));
        Assert.That(again.AsSpan().SequenceEqual(plain), Is.True);
        if (status == InflateStatus.Complete)
        {
            // The platform stops at a final block.
            byte[]? expected = Deflated.InflateByPlatform(message);
            Assert.That(expected, Is.Not.Null, Convert.ToHexString(message));
            Assert.That(plain.AsSpan().StartsWith(expected), Is.True, Convert.ToHexString(message));
        }
    }
}
