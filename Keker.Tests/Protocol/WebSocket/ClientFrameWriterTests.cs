using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class ClientFrameWriterTests
{
    private const uint Key = 0x3D21FA37;

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(125)]
    [TestCase(126)]
    [TestCase(65535)]
    [TestCase(65536)]
    public void A_frame_is_what_a_client_sends(int length)
    {
        byte[] payload = new byte[length];
        new Random(length).NextBytes(payload);
        byte[] frame = new byte[ClientFrameWriter.Length(length)];

        Assert.That(ClientFrameWriter.Write(frame, OpCode.Binary, payload, Key), Is.EqualTo(frame.Length));
        Assert.That(frame.AsSpan().SequenceEqual(ClientFrame.Of(OpCode.Binary, payload)), Is.True);
    }

    [Test]
    public void A_close_carries_its_code_or_nothing()
    {
        byte[] frame = new byte[8];

        Assert.That(frame[..ClientFrameWriter.WriteClose(frame, CloseCode.Normal, Key)], Is.EqualTo(ClientFrame.Close(1000)));
        Assert.That(frame[..ClientFrameWriter.WriteClose(frame, CloseCode.NoStatus, Key)], Is.EqualTo(ClientFrame.Of(OpCode.Close, "")));
    }
}
