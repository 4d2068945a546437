using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class FragmentTests : EchoFixture
{
    private static readonly (string What, byte[] Frames)[] Violations =
    [
        ("a last continuation of nothing", [.. Continue("x"), .. Text("late")]),
        ("a continuation of nothing", [.. Continue("x", final: false), .. Text("late")]),
        ("continuations of nothing around a message", [.. Continue("x", final: false), .. Text("a", final: false), .. Continue("b")]),
        ("a text inside a message", [.. Text("a", final: false), .. Text("b")]),
        ("a binary message inside a text", [.. Text("a", final: false), .. ClientFrame.Of(OpCode.Binary, "b")]),
        ("an unfinished text inside a message", [.. Text("a", final: false), .. Text("b", final: false)]),
        ("a fragmented ping", [.. ClientFrame.Of(OpCode.Ping, "a", final: false), .. Continue("b")]),
        ("a fragmented pong", [.. ClientFrame.Of(OpCode.Pong, "a", final: false), .. Continue("b")]),
        ("a fragmented close", [.. ClientFrame.Of(OpCode.Close, "", final: false)]),
    ];

    public static IEnumerable<TestCaseData> BadFragments =>
        from row in Violations
        from pieces in new[] { int.MaxValue, 1 }
        select new TestCaseData(row.Frames, pieces).SetArgDisplayNames(row.What, pieces == 1 ? "byte by byte" : "at once");

    [TestCaseSource(nameof(BadFragments))]
    public async Task Fragments_out_of_order_are_a_violation(byte[] frames, int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendInPiecesAsync([.. frames, .. Ping("late")], pieces);

        await socket.ExpectCloseAsync(1002);
    }

    [TestCaseSource(nameof(BadFragments))]
    public async Task A_fragmented_message_before_them_is_echoed(byte[] frames, int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendInPiecesAsync([.. Text("one ", final: false), .. Continue("two"), .. frames], pieces);

        await ExpectEchoAsync(socket, "one two");
        await socket.ExpectCloseAsync(1002);
    }

    [Test]
    public async Task Fragments_come_back_as_one_message([Values(int.MaxValue, 5, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendInPiecesAsync([.. Text("one, ", final: false), .. Continue("", final: false), .. Continue("two")], pieces);

        await ExpectEchoAsync(socket, "one, two");
    }

    [Test]
    public async Task Empty_fragments_make_an_empty_message()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync([.. Text("", final: false), .. Continue("", final: false), .. Continue("")]);

        await ExpectEchoAsync(socket, "");
    }

    [Test]
    public async Task Pings_between_fragments_are_answered_before_the_message([Values(int.MaxValue, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] first = [.. Text("1", final: false), .. Continue("2", final: false), .. Ping("ping 1")];
        byte[] second = [.. Continue("3", final: false), .. Continue("4", final: false), .. Ping("ping 2"), .. Continue("5")];

        await socket.SendInPiecesAsync([.. first, .. second], pieces);

        await ExpectPongAsync(socket, "ping 1");
        await ExpectPongAsync(socket, "ping 2");
        await ExpectEchoAsync(socket, "12345");
    }

    [Test]
    public async Task A_ping_is_answered_while_the_message_is_unfinished()
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync([.. Text("1", final: false), .. Ping("between")]);
        await ExpectPongAsync(socket, "between");
        await socket.SendAsync(Continue("2"));

        await ExpectEchoAsync(socket, "12");
    }

    private static byte[] Text(string text, bool final = true) => ClientFrame.Of(OpCode.Text, text, final);

    private static byte[] Continue(string text, bool final = true) => ClientFrame.Of(OpCode.Continuation, text, final);
}
