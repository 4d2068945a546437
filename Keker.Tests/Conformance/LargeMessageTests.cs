using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class LargeMessageTests : EchoFixture
{
    private const int Largest = 16 << 20;

    [Test]
    public async Task A_large_message_comes_back([Values(OpCode.Text, OpCode.Binary)] OpCode opCode, [Values(1 << 20, Largest)] int length)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] message = Message(opCode, length);

        await socket.SendAsync(ClientFrame.Of(opCode, message));

        await socket.ExpectAsync(opCode, message);
    }

    [TestCase(OpCode.Text, 1 << 20, 64)]
    [TestCase(OpCode.Binary, 1 << 20, 64)]
    [TestCase(OpCode.Text, 1 << 20, 1300)]
    [TestCase(OpCode.Binary, 4 << 20, 64 << 10)]
    public async Task So_does_one_in_fragments(OpCode opCode, int length, int fragment)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] message = Message(opCode, length);
        byte[][] fragments = [.. message.Chunk(fragment)];

        await socket.SendAsync(ClientFrame.Join(
        [
            .. fragments.Select((part, i) => ClientFrame.Of(i == 0 ? opCode : OpCode.Continuation, part, final: i == fragments.Length - 1)),
        ]));

        await socket.ExpectAsync(opCode, message);
    }

    [TestCase(OpCode.Text, 100)]
    [TestCase(OpCode.Binary, 1500)]
    public async Task So_does_one_in_small_pieces(OpCode opCode, int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] message = Message(opCode, 1 << 20);

        await socket.SendInPiecesAsync(ClientFrame.Of(opCode, message), pieces);

        await socket.ExpectAsync(opCode, message);
    }

    [Test]
    public async Task Over_16_MiB_the_header_alone_is_refused()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, "before"), .. ClientFrame.Raw(0x82, [], announced: Largest + 1)]);

        await ExpectEchoAsync(socket, "before");
        await socket.ExpectCloseAsync(1009);
    }

    private static byte[] Message(OpCode opCode, int length) => opCode == OpCode.Text ? Deflated.Json(length) : TestBytes.Random(length);
}
