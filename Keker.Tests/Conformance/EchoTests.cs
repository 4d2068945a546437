using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class EchoTests : EchoFixture
{
    private static readonly int[] Lengths = [0, 1, 125, 126, 127, 128, 65535, 65536];

    [Test]
    public async Task A_message_comes_back_as_it_was(
        [Values(OpCode.Text, OpCode.Binary)] OpCode opCode, [ValueSource(nameof(Lengths))] int length, [Values(int.MaxValue, 997)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] message = opCode == OpCode.Text ? Deflated.Json(length) : TestBytes.Random(length);

        await socket.SendInPiecesAsync(ClientFrame.Of(opCode, message), pieces);

        await socket.ExpectAsync(opCode, message);
    }

    [Test]
    public async Task A_message_may_come_byte_by_byte([Values(0, 125, 126, 128)] int length)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] message = TestBytes.Random(length);

        await socket.SendInPiecesAsync(ClientFrame.Of(OpCode.Binary, message), 1);

        await socket.ExpectAsync(OpCode.Binary, message);
    }

    [Test]
    public async Task Any_key_masks([Values("00000000", "FFFFFFFF", "00FF0001")] string key)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] message = TestBytes.Random(1000);

        await socket.SendAsync(ClientFrame.Of(OpCode.Binary, message, key: Convert.FromHexString(key)));

        await socket.ExpectAsync(OpCode.Binary, message);
    }

    [Test]
    public async Task Many_messages_sent_at_once_come_back_in_order([Values(0, 64, 1000)] int length)
    {
        const int Count = 1000;
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[][] messages = [.. Enumerable.Range(0, Count).Select(seed => TestBytes.Random(length, seed))];

        Task sent = socket.SendAsync(ClientFrame.Join([.. messages.Select(message => ClientFrame.Of(OpCode.Binary, message))]));
        foreach (byte[] message in messages)
            await socket.ExpectAsync(OpCode.Binary, message);

        await sent;
    }
}
