using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class CompressionTests : EchoFixture
{
    private const byte Rsv1 = 0x40;
    private const byte Final = 0x80;

    private static readonly int[] Lengths = [0, 16, 64, 256, 1023, 1024, 4096, 8192, 16384, 16385, 32768, 65536, 131072];

    private static readonly (string What, int Code, byte[] Frames)[] Violations =
    [
        ("a continuation with the bit", 1002, [.. ClientFrame.Raw(Rsv1 | 1, [0]), .. ClientFrame.Raw(Final | Rsv1, [0])]),
        ("a continuation of a plain message with the bit", 1002, [.. ClientFrame.Raw(1, "a"u8), .. ClientFrame.Raw(Final | Rsv1, [0])]),
        ("a ping with the bit", 1002, ClientFrame.Raw(Final | Rsv1 | 9, [])),
        ("a close with the bit", 1002, ClientFrame.Raw(Final | Rsv1 | 8, [])),
        ("a block of a reserved type", 1007, Frame(Deflated.Bits("1 11 00000"))),
        ("a distance before the beginning", 1007, Frame([0x4B, 0x04, 0x12, 0x00])),
        ("an end in the middle", 1007, Frame(Deflated.Message(Deflated.Json(2000))[..^100])),
        ("noise", 1007, Frame([0xFF, 0xFF, 0xFF, 0xFF])),
        ("text that is not UTF-8 when inflated", 1007, Frame(Deflated.Message([0x61, 0xED, 0xA0, 0x80]))),
        ("text whose last character is cut off", 1007, Frame(Deflated.Message([0x61, 0xE2, 0x82]))),
        ("plain text that is not UTF-8", 1007, ClientFrame.Of(OpCode.Text, [0xFF])),
        ("a bomb", 1009, Frame(Deflated.Message(new byte[(16 << 20) + 1], level: 9))),
    ];

    public static IEnumerable<TestCaseData> BadMessages => Violations.Select(row =>
        new TestCaseData(row.Code, row.Frames).SetArgDisplayNames($"{row.Code}", row.What));

    [Test]
    public async Task A_deflated_message_is_echoed_in_whichever_form_is_worth_it(
        [ValueSource(nameof(Lengths))] int length, [Values(OpCode.Text, OpCode.Binary)] OpCode opCode)
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);
        byte[] message = Deflated.Json(length);

        await socket.SendAsync(ClientFrame.Raw((byte)(Final | Rsv1 | (byte)opCode), Deflated.Message(message)));
        ServerFrame echo = await socket.ReadAsync();

        Assert.That((echo.OpCode, echo.IsDeflated), Is.EqualTo((opCode, length >= 1024)));
        Assert.That(echo.Message, Is.EqualTo(message));
    }

    [Test]
    public async Task It_may_come_in_fragments_with_a_ping_between([Values(1, 100, 1000)] int fragment)
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);
        byte[] message = Deflated.Json(20_000);
        byte[][] parts = [.. Deflated.Message(message).Chunk(fragment)];

        await socket.SendAsync(ClientFrame.Raw(Rsv1 | 1, parts[0]));
        await socket.SendAsync(Ping("between"));
        await ExpectPongAsync(socket, "between");
        await socket.SendAsync(ClientFrame.Join([.. parts[1..].Select((part, i) => ClientFrame.Of(OpCode.Continuation, part, final: i == parts.Length - 2))]));

        await socket.ExpectAsync(OpCode.Text, message);
    }

    [Test]
    public async Task Plain_and_deflated_messages_may_alternate_and_none_depends_on_another()
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);
        byte[] message = Deflated.Json(3000);

        for (int i = 0; i < 20; i++)
        {
            await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, message), .. Frame(Deflated.Message(message, level: i % 10))]);
            await socket.ExpectAsync(OpCode.Text, message);
            await socket.ExpectAsync(OpCode.Text, message);
        }
    }

    [Test]
    public async Task Every_form_of_a_deflated_message_is_understood()
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);
        byte[] message = Deflated.Json(3000);
        byte[][] forms =
        [
            Deflated.Message(message, level: 0), Deflated.Message(message, level: 9), Deflated.Message(message, flushEvery: 100), [.. Deflated.FinalStream(message), 0],
        ];

        foreach (byte[] form in forms)
        {
            await socket.SendAsync(Frame(form));
            await socket.ExpectAsync(OpCode.Text, message);
        }
        await socket.SendAsync(Frame([]));
        await socket.ExpectAsync(OpCode.Text, []);
    }

    [Test]
    public async Task What_does_not_get_smaller_goes_plain()
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);
        byte[] message = TestBytes.Random(50_000);

        await socket.SendAsync(ClientFrame.Of(OpCode.Binary, message));
        ServerFrame echo = await socket.ReadAsync();

        Assert.That((echo.OpCode, echo.IsDeflated), Is.EqualTo((OpCode.Binary, false)));
        Assert.That(echo.Payload, Is.EqualTo(message));
    }

    [Test]
    public async Task A_large_message_inflates_up_to_16_MiB()
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);
        byte[] message = new byte[16 << 20];

        await socket.SendAsync(ClientFrame.Raw(Final | Rsv1 | 2, Deflated.Message(message)));

        await socket.ExpectAsync(OpCode.Binary, message);
    }

    [TestCaseSource(nameof(BadMessages))]
    public async Task What_was_wrong_is_told_after_earlier_messages_were_echoed(int code, byte[] frames)
    {
        await using RawWebSocket socket = await ConnectEchoAsync(Deflate);

        await socket.SendAsync([.. Frame(Deflated.Message("before"u8)), .. frames, .. Ping("late")]);

        await ExpectEchoAsync(socket, "before");
        await socket.ExpectCloseAsync(code);
    }

    private static byte[] Frame(byte[] deflated) => ClientFrame.Raw(Final | Rsv1 | 1, deflated);
}
