using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class PingTests : EchoFixture
{
    [Test]
    public async Task A_pong_carries_the_payload_of_its_ping([Values(0, 1, 5, 125)] int length, [Values(int.MaxValue, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] payload = TestBytes.Random(length);

        await socket.SendInPiecesAsync(ClientFrame.Of(OpCode.Ping, payload), pieces);

        await socket.ExpectAsync(OpCode.Pong, payload);
    }

    [Test]
    public async Task A_ping_over_125_bytes_is_a_violation([Values(int.MaxValue, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendInPiecesAsync(ClientFrame.Of(OpCode.Ping, new byte[126]), pieces);

        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task Every_ping_is_answered_in_order([Values(int.MaxValue, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        string[] payloads = [.. Enumerable.Range(0, 10).Select(i => $"payload {i}")];

        await socket.SendInPiecesAsync(ClientFrame.Join([.. payloads.Select(Ping)]), pieces);

        foreach (string payload in payloads)
            await ExpectPongAsync(socket, payload);
    }

    [Test]
    public async Task A_ping_before_a_violation_is_answered()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync([.. Ping("first"), .. ClientFrame.Raw(0x83, [])]);

        await ExpectPongAsync(socket, "first");
        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task A_pong_that_nobody_asked_for_means_nothing([Values("", "unasked")] string payload)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync([.. ClientFrame.Of(OpCode.Pong, payload), .. Ping("asked")]);

        await ExpectPongAsync(socket, "asked");
    }
}
