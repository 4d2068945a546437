using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class CloseTests : EchoFixture
{
    private static readonly int[] ValidCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
    private static readonly int[] InvalidCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];

    private static byte[] Longest { get; } = Encoding.ASCII.GetBytes(new string('r', 123));

    [Test]
    public async Task A_valid_code_comes_back([ValueSource(nameof(ValidCodes))] int code, [Values("", "reason", "grüße")] string reason)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(ClientFrame.Close(code, reason));

        await socket.ExpectCloseAsync(code);
    }

    [Test]
    public async Task An_invalid_code_is_a_violation([ValueSource(nameof(InvalidCodes))] int code, [Values("", "reason")] string reason)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(ClientFrame.Close(code, reason));

        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task A_close_without_a_code_is_answered_without_one()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(ClientFrame.Of(OpCode.Close, ""));

        await socket.ExpectAsync(OpCode.Close, []);
        await socket.Client.ExpectEndAsync();
    }

    [Test]
    public async Task Half_a_code_is_a_violation()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(ClientFrame.Of(OpCode.Close, [3]));

        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task The_reason_may_fill_the_frame_and_no_more([Values] bool overfull)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(ClientFrame.Of(OpCode.Close, [0x03, 0xE8, .. Longest, .. overfull ? "x"u8 : ""u8]));

        await socket.ExpectCloseAsync(overfull ? 1002 : 1000);
    }

    [Test]
    public async Task A_reason_that_is_not_UTF8_is_answered_with_1007([Values("FF", "EDA080", "CEBAE1BDB9CF83CEBCCEB5EDA080", "E282")] string hex)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(ClientFrame.Of(OpCode.Close, [0x03, 0xE8, .. Convert.FromHexString(hex)]));

        await socket.ExpectCloseAsync(1007);
    }

    [Test]
    public async Task What_follows_a_close_is_ignored(
        [Values(OpCode.Text, OpCode.Binary, OpCode.Ping, OpCode.Close, (OpCode)3)] OpCode late, [Values(int.MaxValue, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendInPiecesAsync([.. ClientFrame.Close(1000), .. ClientFrame.Of(late, "")], pieces);

        await socket.ExpectCloseAsync(1000);
    }

    [Test]
    public async Task A_message_before_a_close_is_echoed([Values(5, 256 << 10)] int length)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] message = Deflated.Json(length);

        await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, message), .. ClientFrame.Close(1000), .. Ping("late")]);

        await socket.ExpectAsync(OpCode.Text, message);
        await socket.ExpectCloseAsync(1000);
    }

    [Test]
    public async Task A_close_inside_a_message_ends_it()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, "a", final: false), .. ClientFrame.Close(1001), .. ClientFrame.Of(OpCode.Continuation, "b")]);

        await socket.ExpectCloseAsync(1001);
    }
}
