using System.Buffers;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

internal sealed class PublicationTests
{
    [TestCase(0, 2)]
    [TestCase(1, 2)]
    [TestCase(125, 2)]
    [TestCase(126, 4)]
    [TestCase(65535, 4)]
    [TestCase(65536, 10)]
    [TestCase(1 << 20, 10)]
    public void It_is_the_frame_that_subscribers_receive(int length, int headerLength)
    {
        byte[] body = new byte[length];
        new Random(length).NextBytes(body);
        Publication publication = Create(body, binary: true);
        Assert.That(publication.HeaderLength, Is.EqualTo(headerLength));
        Assert.That(publication.Frame, Has.Length.EqualTo(headerLength + length));
        Assert.That(publication.Payload.SequenceEqual(body), Is.True);
        SentFrame frame = Wire.Decode(publication.Frame, out int cutBytes).Single();
        Assert.That(cutBytes, Is.Zero);
        Assert.That(frame.OpCode, Is.EqualTo(OpCode.Binary));
        Assert.That(frame.Payload, Is.EqualTo(body));
    }

    [TestCase("", false, OpCode.Text)]
    [TestCase("68656C6C6F", false, OpCode.Text)]
    [TestCase("F09F9880", false, OpCode.Text)]
    [TestCase("68656C6C6F", true, OpCode.Binary, Description = "declared binary")]
    [TestCase("FF", false, OpCode.Binary)]
    [TestCase("C080", false, OpCode.Binary, Description = "overlong")]
    [TestCase("EDA080", false, OpCode.Binary, Description = "surrogate")]
    [TestCase("F09F98", false, OpCode.Binary, Description = "cut off")]
    public void It_is_text_when_it_is_valid_UTF8_and_not_declared_binary(string body, bool binary, OpCode expected)
    {
        Publication publication = Create(Convert.FromHexString(body), binary);
        Assert.That(publication.OpCode, Is.EqualTo(expected));
        Assert.That(publication.Frame[0], Is.EqualTo(0x80 | (byte)expected));
    }

    [Test]
    public void A_body_in_pieces_comes_together_and_is_judged_as_a_whole()
    {
        byte[] body = [.. "a"u8, .. "😀"u8];
        for (int cut = 0; cut <= body.Length; cut++)
        {
            var first = new Piece(body.AsMemory(0, cut), 0, null);
            var last = new Piece(body.AsMemory(cut), cut, first);
            Publication publication = Publication.Create(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), binary: false);
            Assert.That(publication.OpCode, Is.EqualTo(OpCode.Text));
            Assert.That(publication.Payload.ToArray(), Is.EqualTo(body));
        }
    }

    [Test]
    public void It_costs_more_than_its_frame()
    {
        Assert.That(Create([], binary: false).Cost, Is.GreaterThan(2));
        Assert.That(Create(new byte[1000], binary: true).Cost - Create([], binary: true).Cost, Is.EqualTo(1002));
    }

    private static Publication Create(byte[] body, bool binary) => Publication.Create(new ReadOnlySequence<byte>(body), binary);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index, Piece? previous)
        {
            Memory = memory;
            RunningIndex = index;
            if (previous is not null)
                previous.Next = this;
        }
    }
}
