using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class Utf8Tests : EchoFixture
{
    /// <summary>Boundaries of every length of character, non-characters and the replacement character, a mix.</summary>
    private static readonly string[] Valid =
    [
        "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\0", "\u007F\u0080", "\u07FF\u0800", "\uD7FF\uE000", "\uFFFD\uFFFE\uFFFF",
        "\U00010000\U0010FFFF", "\U0001FFFE\U0010FFFE", "\uFEFFmarked", "a😀b",
    ];

    private static readonly string[] Invalid =
    [
        "80", "BF", "808182", "C0AF", "C1BF", "C080", "E080AF", "E09FBF", "F08080AF", "F08FBFBF", "EDA080", "EDAFBF", "EDB080", "EDBFBF",
        "EDA080EDB080", "F4908080", "F5808080", "F8888080AF", "FC8480808080", "FE", "FF", "C320", "E28020", "F0908020",
        "CEBAE1BDB9CF83CEBCCEB5EDA080656469746564",
    ];

    private static readonly string[] CutOff = ["C3", "E2", "E282", "F0", "F090", "F09080", "61F09F98"];

    [Test]
    public async Task Valid_text_is_echoed_however_it_is_cut(
        [ValueSource(nameof(Valid))] string text, [Values] bool inFragments, [Values(int.MaxValue, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        await socket.SendInPiecesAsync(inFragments ? Fragments(bytes, last: true) : ClientFrame.Of(OpCode.Text, bytes), pieces);

        await ExpectEchoAsync(socket, text);
    }

    [Test]
    public async Task Text_that_is_not_UTF8_is_answered_with_1007([ValueSource(nameof(Invalid))] string hex, [Values] bool inFragments)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] bytes = [.. "good "u8, .. Convert.FromHexString(hex), .. " rest"u8];

        await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, "before"), .. inFragments ? Fragments(bytes, last: true) : ClientFrame.Of(OpCode.Text, bytes)]);

        await ExpectEchoAsync(socket, "before");
        await socket.ExpectCloseAsync(1007);
    }

    [Test]
    public async Task A_character_that_the_end_of_the_message_cuts_off_is_answered_with_1007([ValueSource(nameof(CutOff))] string hex, [Values] bool inFragments)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] bytes = Convert.FromHexString(hex);

        await socket.SendAsync(inFragments ? Fragments(bytes, last: true) : ClientFrame.Of(OpCode.Text, bytes));

        await socket.ExpectCloseAsync(1007);
    }

    [Test]
    public async Task The_close_comes_before_the_message_is_complete([ValueSource(nameof(Invalid))] string hex)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendAsync(Fragments([.. "good "u8, .. Convert.FromHexString(hex)], last: false));

        await socket.ExpectCloseAsync(1007);
    }

    [Test]
    public async Task The_close_comes_before_the_frame_is_complete([ValueSource(nameof(Invalid))] string hex, [Values(int.MaxValue, 1)] int pieces)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();

        await socket.SendInPiecesAsync(ClientFrame.Raw(0x81, [.. "good "u8, .. Convert.FromHexString(hex)], announced: 1000), pieces);

        await socket.ExpectCloseAsync(1007);
    }

    [Test]
    public async Task Binary_messages_may_hold_anything([ValueSource(nameof(Invalid))] string hex)
    {
        await using RawWebSocket socket = await ConnectEchoAsync();
        byte[] bytes = Convert.FromHexString(hex);

        await socket.SendAsync(ClientFrame.Of(OpCode.Binary, bytes));

        await socket.ExpectAsync(OpCode.Binary, bytes);
    }

    /// <summary>Every byte in a frame of its own.</summary>
    private static byte[] Fragments(byte[] text, bool last) => ClientFrame.Join(
    [
        .. text.Select((one, i) => ClientFrame.Of(i == 0 ? OpCode.Text : OpCode.Continuation, [one], final: last && i == text.Length - 1)),
    ]);
}
