using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

[TestFixture]
internal sealed class MessageIdTests
{
    [TestCase(0UL, 0L, "0:0")]
    [TestCase(1UL, 9L, "1:9")]
    [TestCase(15UL, 10L, "f:10")]
    [TestCase(16UL, 99L, "10:99")]
    [TestCase(0xDEADBEEFUL, 100L, "deadbeef:100")]
    [TestCase(0x0123456789ABCDEFUL, 1234567890123456789L, "123456789abcdef:1234567890123456789")]
    [TestCase(ulong.MaxValue, long.MaxValue, "ffffffffffffffff:9223372036854775807")]
    public void An_id_has_one_spelling_and_is_read_back(ulong epoch, long offset, string text)
    {
        MessageId id = new(epoch, offset);
        byte[] bytes = new byte[MessageId.MaxLength];

        int length = id.Write(bytes);

        Assert.That(Encoding.ASCII.GetString(bytes, 0, length), Is.EqualTo(text));
        Assert.That(id.Length, Is.EqualTo(length));
        Assert.That(MessageId.TryParse(bytes.AsSpan(0, length), out MessageId read), Is.True);
        Assert.That(read, Is.EqualTo(id));
    }

    [Test]
    public void The_length_is_right_at_every_number_of_digits()
    {
        byte[] bytes = new byte[MessageId.MaxLength];
        ulong[] epochs = [.. Enumerable.Range(0, 64).SelectMany(bit => (ulong[])[1UL << bit, (1UL << bit) - 1])];
        long[] offsets = [.. Enumerable.Range(0, 19).Select(power => (long)Math.Pow(10, power)).SelectMany(value => (long[])[value, value - 1])];
        foreach (ulong epoch in epochs)
        {
            foreach (long offset in offsets)
            {
                MessageId id = new(epoch, offset);
                int length = id.Write(bytes);
                Assert.That(Encoding.ASCII.GetString(bytes, 0, length), Is.EqualTo($"{epoch:x}:{offset}"));
                Assert.That(id.Length, Is.EqualTo(length));
            }
        }
    }

    [TestCase("")]
    [TestCase(":")]
    [TestCase("1")]
    [TestCase("1:")]
    [TestCase(":1")]
    [TestCase("A:1", Description = "upper case")]
    [TestCase("aF:1")]
    [TestCase("g:1")]
    [TestCase("`:1")]
    [TestCase("/:1")]
    [TestCase("01:1")]
    [TestCase("00:1")]
    [TestCase("1:01")]
    [TestCase("1:00")]
    [TestCase("0x1:1")]
    [TestCase("10000000000000000:1", Description = "17 digits")]
    [TestCase("1:9223372036854775808")]
    [TestCase("1:18446744073709551616")]
    [TestCase("1:10000000000000000000")]
    [TestCase("1:99999999999999999999")]
    [TestCase("1:+1")]
    [TestCase("1:-1")]
    [TestCase("-1:1")]
    [TestCase("1:1:1")]
    [TestCase("1::1")]
    [TestCase("1: 1")]
    [TestCase(" 1:1")]
    [TestCase("1:1 ")]
    [TestCase("1:1\n")]
    [TestCase("1:a")]
    [TestCase("1:1,000")]
    [TestCase("1:\u0661")]
    public void Nothing_else_is_an_id(string text)
    {
        Assert.That(MessageId.TryParse(Encoding.UTF8.GetBytes(text), out MessageId id), Is.False);
        Assert.That(id, Is.EqualTo(default(MessageId)));
    }

    [Test]
    public void What_the_caller_must_not_do_is_refused()
    {
        Assert.That(() => new MessageId(1, -1).Write(new byte[MessageId.MaxLength]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new MessageId(1, 10).Write(new byte[3]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
