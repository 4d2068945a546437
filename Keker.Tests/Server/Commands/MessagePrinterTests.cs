using System.Text;
using Keker.Protocol.Commands;
using Keker.Server.Commands;

namespace Keker.Tests.Server.Commands;

internal sealed class MessagePrinterTests
{
    [Test]
    public void A_payload_comes_bare_with_a_line_feed() =>
        Assert.That(Print(isJson: false, isText: false, [.. "MSG 1:2 -\n"u8, 0xFF, 0]), Is.EqualTo(new byte[] { 0xFF, 0, (byte)'\n' }));

    [Test]
    public void Text_is_a_string_of_JSON() =>
        Assert.That(Text(isText: true, "MSG 2f:17 match-17\né \"1\"\n<b>"u8), Is.EqualTo("{\"id\":\"2f:17\",\"topic\":\"match-17\",\"payload\":\"é \\\"1\\\"\\n<b>\"}\n"));

    [Test]
    public void Bytes_are_base64_and_say_so() =>
        Assert.That(Text(isText: false, [.. "MSG 1:2 *\n"u8, 0xFF, 0]), Is.EqualTo("{\"id\":\"1:2\",\"topic\":\"*\",\"payload\":\"/wA=\",\"encoding\":\"base64\"}\n"));

    private static string Text(bool isText, ReadOnlySpan<byte> message) => Encoding.UTF8.GetString(Print(isJson: true, isText, message));

    private static byte[] Print(bool isJson, bool isText, ReadOnlySpan<byte> message)
    {
        byte[] written = [];
        new MessagePrinter(isJson, bytes => written = [.. written, .. bytes]).Print(ServerLine.Parse(message), isText);
        return written;
    }
}
