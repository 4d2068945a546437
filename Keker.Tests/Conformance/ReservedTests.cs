using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

/// <summary>Bits and opcodes that have no meaning end the connection with a Close, after what came before them was answered.</summary>
internal sealed class ReservedTests : EchoFixture
{
    private const int WholeFrames = 0;

    [Test]
    public async Task A_reserved_bit_is_a_violation(
        [Values(1, 2, 3, 4, 5, 6, 7)] int bits, [Values(OpCode.Text, OpCode.Binary, OpCode.Ping, OpCode.Close)] OpCode opCode)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(ClientFrame.Raw((byte)(0x80 | bits << 4 | (byte)opCode), []));

        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task What_came_before_a_reserved_bit_is_echoed_and_what_follows_is_not(
        [Values(1, 2, 3, 4, 5, 6, 7)] int bits, [Values(int.MaxValue, 1, WholeFrames)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] violation = ClientFrame.Raw((byte)(0x81 | bits << 4), "bad"u8);

        await SendAsync(socket, pieces, ClientFrame.Of(OpCode.Text, "good"), violation, Ping("late"));

        await ExpectEchoAsync(socket, "good");
        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task What_came_before_a_reserved_opcode_is_echoed_and_what_follows_is_not(
        [Values(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)] int opCode, [Values("", "payload")] string payload, [Values(int.MaxValue, 1, WholeFrames)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] violation = ClientFrame.Of((OpCode)opCode, payload);

        await SendAsync(socket, pieces, ClientFrame.Of(OpCode.Text, "good"), violation, Ping("late"));

        await ExpectEchoAsync(socket, "good");
        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task With_compression_negotiated_the_other_two_bits_stay_reserved([Values(1, 2, 3, 5, 6, 7)] int bits)
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);

        await socket.SendAsync(ClientFrame.Raw((byte)(0x81 | bits << 4), [0]));

        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task A_frame_that_is_not_masked_is_a_violation()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, "good"), .. ClientFrame.Raw(0x81, "bad"u8, masked: false)]);

        await ExpectEchoAsync(socket, "good");
        await socket.ExpectCloseAsync(1002);
    }

    private static async Task SendAsync(RawWebSocket socket, int pieces, params byte[][] frames)
    {
        if (pieces != WholeFrames)
        {
            await socket.SendInPiecesAsync(ClientFrame.Join(frames), pieces);
            return;
        }
        foreach (byte[] frame in frames)
            await socket.SendAsync(frame);
    }
}
