using Keker.Benchmarks.Load.Framing;

namespace Keker.Tests.Benchmarks.Load.Framing;

internal sealed class MessageHeadTests
{
    private static readonly MessageHead[] Heads =
    [
        default, new(true, 0, 0, 0, 0, 0), new(false, uint.MaxValue, int.MaxValue, uint.MaxValue, long.MaxValue, int.MaxValue),
        new(false, 0x12345678, 255, 0x9ABCDEF0, 0x0FEDCBA987654321, 123_456),
    ];

    [TestCaseSource(nameof(Heads))]
    public void What_is_written_is_read(MessageHead head)
    {
        byte[] message = new byte[MessageHead.Length];
        head.Write(message);

        Assert.That(MessageHead.TryRead(message, out MessageHead read), Is.True);
        Assert.That(read, Is.EqualTo(head));
    }

    [Test]
    public void A_byte_that_is_no_letter_spoils_it()
    {
        byte[] message = new byte[MessageHead.Length];
        for (int i = 0; i < message.Length; i++)
        {
            new MessageHead(false, 1, 2, 3, 4, 5).Write(message);
            message[i] = (byte)'Q';
            Assert.That(MessageHead.TryRead(message, out _), Is.False, $"byte {i}");
        }
    }

    [Test]
    public void A_short_message_has_none() => Assert.That(MessageHead.TryRead("KM"u8, out _), Is.False);

    [Test]
    public void The_filler_differs_from_one_number_to_the_next_and_not_with_its_length()
    {
        byte[] first = Filler.Of(7, 1000).ToArray();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Filler.Of(8, 1000).SequenceEqual(first), Is.False);
            Assert.That(Filler.Of(7, 1 << 20)[..1000].SequenceEqual(first), Is.True);
        }
    }
}
