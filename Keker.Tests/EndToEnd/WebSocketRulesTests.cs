using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

internal sealed class WebSocketRulesTests() : KekerFixture("--read-buffer", "2000")
{
    private static readonly byte[] Hello = ClientFrame.Of(OpCode.Text, "HELLO rules");

    private static readonly (int Code, string What, byte[] Frames)[] Rows =
    [
        (1008, "not HELLO", ClientFrame.Of(OpCode.Text, "SUBSCRIBE a")),
        (1008, "HELLO without a token", ClientFrame.Of(OpCode.Text, "HELLO")),
        (1008, "HELLO with an empty token", ClientFrame.Of(OpCode.Text, "HELLO ")),
        (1008, "a longer word", ClientFrame.Of(OpCode.Text, "HELLOX a")),
        (1008, "another case", ClientFrame.Of(OpCode.Text, "hello a")),
        (1008, "three words", ClientFrame.Of(OpCode.Text, "HELLO a b")),
        (1008, "a control character", ClientFrame.Of(OpCode.Text, "HELLO a\u0007b")),
        (1008, "513 bytes", ClientFrame.Of(OpCode.Text, "HELLO " + new string('x', 513))),
        (1008, "empty", ClientFrame.Of(OpCode.Text, "")),
        (1009, "over 1 KiB before HELLO", ClientFrame.Of(OpCode.Text, new string('x', 1025))),
        (1009, "over 1 KiB announced", ClientFrame.Raw(0x81, [], announced: 1 << 20)),
        (1009, "over the read buffer", [.. Hello, .. ClientFrame.Of(OpCode.Text, new string('x', 2001))]),
        (1009, "over the read buffer in parts",
            [.. Hello, .. ClientFrame.Of(OpCode.Text, new string('x', 1500), final: false), .. ClientFrame.Of(OpCode.Continuation, new string('x', 501))]),
        (1003, "binary before HELLO", ClientFrame.Of(OpCode.Binary, "HELLO a")),
        (1003, "binary after HELLO", [.. Hello, .. ClientFrame.Of(OpCode.Binary, "x")]),
        (1007, "no UTF-8", ClientFrame.Of(OpCode.Text, [.. "HELLO "u8, 0xC0, 0x80])),
        (1007, "a surrogate", [.. Hello, .. ClientFrame.Of(OpCode.Text, [0xED, 0xA0, 0x80])]),
        (1007, "the end of a character missing", [.. Hello, .. ClientFrame.Of(OpCode.Text, [0xE2, 0x82])]),
        (1002, "not masked", ClientFrame.Raw(0x81, "HELLO a"u8, masked: false)),
        (1002, "reserved bit", ClientFrame.Raw(0xC1, "HELLO a"u8)),
        (1002, "reserved opcode", ClientFrame.Raw(0x83, [])),
        (1002, "reserved control opcode", ClientFrame.Raw(0x8B, [])),
        (1002, "fragmented ping", ClientFrame.Raw(0x09, [])),
        (1002, "long ping", ClientFrame.Raw(0x89, new byte[126])),
        (1002, "continuation of nothing", ClientFrame.Of(OpCode.Continuation, "x")),
        (1002, "message inside a message", [.. ClientFrame.Of(OpCode.Text, "HEL", final: false), .. ClientFrame.Of(OpCode.Text, "LO a")]),
        (1002, "length not minimal", ClientFrame.Raw(0x81, "HELLO a"u8, lengthBytes: 2)),
        (1002, "length over 63 bits", ClientFrame.Raw(0x81, [], announced: 1UL << 63)),
        (1002, "close of one byte", ClientFrame.Of(OpCode.Close, [3])),
        (1002, "reserved close code", ClientFrame.Close(1005)),
        (1007, "close reason without UTF-8", ClientFrame.Of(OpCode.Close, [0x03, 0xE8, 0xFF])),
        (1008, "too many fragments before HELLO",
            [.. ClientFrame.Of(OpCode.Text, "H", final: false), .. ClientFrame.Join([.. Enumerable.Repeat(ClientFrame.Of(OpCode.Continuation, "x", final: false), 4)])]),
        (1000, "normal close", ClientFrame.Close(1000, "bye")),
        (1001, "going away", [.. Hello, .. ClientFrame.Close(1001)]),
        (4321, "a code of the application", ClientFrame.Close(4321)),
    ];

    public static IEnumerable<TestCaseData> Endings => Rows.Select(row =>
        new TestCaseData(row.Code, row.Frames).SetArgDisplayNames($"{row.Code}", row.What));

    [TestCaseSource(nameof(Endings))]
    public async Task The_close_code_tells_what_was_wrong_and_nothing_follows_it(int code, byte[] frames)
    {
        await using RawWebSocket socket = await ConnectWebSocketAsync();

        // The ping comes too late: after the end of a connection nothing is answered.
        await socket.SendAsync([.. frames, .. ClientFrame.Of(OpCode.Ping, "x")]);

        await socket.ExpectCloseAsync(code);
    }

    [Test]
    public async Task A_malformed_HELLO_is_told_what_was_expected()
    {
        await using RawWebSocket socket = await ConnectWebSocketAsync();
        await socket.SendTextAsync("HI");
        await socket.ExpectCloseAsync(1008, "expected: HELLO <AUTH_INFO>");
    }

    [TestCase(513, 1008, "AUTH_INFO too long: at most 512 bytes")]
    [TestCase(1018, 1008, "AUTH_INFO too long: at most 512 bytes")]
    [TestCase(1019, 1009, "HELLO too long: at most 1024 bytes")]
    public async Task A_HELLO_that_is_too_long_is_told_so(int length, int code, string reason)
    {
        await using RawWebSocket socket = await ConnectWebSocketAsync();
        await socket.SendTextAsync("HELLO " + new string('x', length));
        await socket.ExpectCloseAsync(code, reason);
    }

    [TestCase("HELLO {0} ")]
    [TestCase("HELLO\t{0}")]
    [TestCase("HELLO {0}\r\n")]
    public async Task White_space_around_the_word_does_no_harm(string hello)
    {
        string token = NewToken();
        await using RawWebSocket socket = await ConnectWebSocketAsync();
        await Backend.PublishAsync(token, "cached");
        await socket.SendTextAsync(hello.Replace("{0}", token, StringComparison.Ordinal));
        await socket.ExpectTextAsync("cached");
    }

    [Test]
    public async Task A_close_without_a_code_is_answered_without_one()
    {
        await using RawWebSocket socket = await JoinAsync(NewToken());
        await socket.SendAsync(ClientFrame.Of(OpCode.Close, ""));

        ServerFrame close = await socket.ReadAsync();

        Assert.That((close.OpCode, close.Payload.Length), Is.EqualTo((OpCode.Close, 0)));
        await socket.Client.ExpectEndAsync();
    }

    [Test]
    public async Task Pings_are_answered_before_and_after_HELLO_also_inside_a_message()
    {
        byte[] longest = Encoding.ASCII.GetBytes(new string('p', 125));
        await using RawWebSocket socket = await ConnectWebSocketAsync();

        await socket.SendAsync(ClientFrame.Of(OpCode.Ping, ""));
        ServerFrame first = await socket.ReadAsync();
        await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, "HELLO ", final: false), .. ClientFrame.Of(OpCode.Ping, longest)]);
        ServerFrame second = await socket.ReadAsync();
        string token = NewToken();
        await socket.SendAsync([.. ClientFrame.Of(OpCode.Continuation, token), .. ClientFrame.Of(OpCode.Ping, "joined")]);
        ServerFrame third = await socket.ReadAsync();

        Assert.That(new[] { first, second, third }.Select(frame => frame.OpCode), Is.All.EqualTo(OpCode.Pong));
        Assert.That((first.Text, second.Payload, third.Text), Is.EqualTo(("", longest, "joined")));
        Assert.That((await Backend.PublishAsync(token, "x")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task After_HELLO_further_text_and_unasked_pongs_mean_nothing()
    {
        string token = NewToken();
        string other = NewToken();
        await using RawWebSocket socket = await JoinAsync(token);

        await socket.SendTextAsync($"HELLO {other}");
        await socket.SendTextAsync(new string('x', 2000));
        await socket.SendAsync(ClientFrame.Of(OpCode.Pong, "nobody asked"));
        await socket.HelloAsync(other);

        Assert.That((await Backend.PublishAsync(other, "not for you")).Status, Is.EqualTo(404));
        await Backend.PublishAsync(token, "for you");
        await socket.ExpectTextAsync("for you");
    }

    [Test]
    public async Task Words_of_HELLO_may_stand_apart()
    {
        string token = NewToken();
        await using RawWebSocket socket = await ConnectWebSocketAsync();

        await socket.HelloAsync($"   {token}");

        Assert.That((await Backend.PublishAsync(token, "x")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Frames_may_come_byte_by_byte()
    {
        string token = NewToken();
        await using RawWebSocket socket = await ConnectWebSocketAsync();

        foreach (byte one in ClientFrame.Join(ClientFrame.Of(OpCode.Text, $"HELLO {token}"), ClientFrame.Of(OpCode.Ping, "joined")))
            await socket.SendAsync([one]);

        Assert.That((await socket.ReadAsync()).OpCode, Is.EqualTo(OpCode.Pong));
        Assert.That((await Backend.PublishAsync(token, "x")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Protocol_errors_are_counted()
    {
        long before = (await Backend.GetAsync("/v1/stats")).Data.GetProperty("protocolErrors").GetInt64();
        await using RawWebSocket socket = await ConnectWebSocketAsync();

        await socket.SendAsync(ClientFrame.Raw(0x83, []));
        await socket.ExpectCloseAsync(1002);

        Assert.That((await Backend.GetAsync("/v1/stats")).Data.GetProperty("protocolErrors").GetInt64(), Is.EqualTo(before + 1));
    }
}
