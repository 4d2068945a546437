using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

/// <summary>What a client reads is what the server writes.</summary>
[TestFixture]
internal sealed class ServerLineTests
{
    private static readonly MessageId One = new(0xABC, 7);
    private static readonly MessageId Last = new(ulong.MaxValue, long.MaxValue);

    [Test]
    public void Every_line_that_is_written_is_read()
    {
        byte[] line = new byte[2048];

        ServerLine welcome = ServerLine.Parse(line.AsSpan(0, WelcomeLine.Write(line, 0xF00, Last)));
        Assert.That((welcome.Kind, Text(welcome.Name), welcome.Id), Is.EqualTo((ServerLineKind.Welcome, "-", Last)));
        ServerLine subscribed = ServerLine.Parse(line.AsSpan(0, SubscribedLine.Write(line, "ö"u8, One)));
        Assert.That((subscribed.Kind, Text(subscribed.Name), subscribed.Id), Is.EqualTo((ServerLineKind.Subscribed, "ö", One)));
        ServerLine unsubscribed = ServerLine.Parse(line.AsSpan(0, UnsubscribedLine.Write(line, "ö"u8)));
        Assert.That((unsubscribed.Kind, Text(unsubscribed.Name)), Is.EqualTo((ServerLineKind.Unsubscribed, "ö")));
        ServerLine gap = ServerLine.Parse(line.AsSpan(0, GapLine.Write(line, "news"u8, One, Last)));
        Assert.That((gap.Kind, Text(gap.Name), gap.Id, gap.To), Is.EqualTo((ServerLineKind.Gap, "news", One, Last)));
        ServerLine pong = ServerLine.Parse(line.AsSpan(0, PongLine.Write(line, "w"u8)));
        Assert.That((pong.Kind, Text(pong.Rest)), Is.EqualTo((ServerLineKind.Pong, "w")));
        ServerLine error = ServerLine.Parse(line.AsSpan(0, ErrorLine.Write(line, ErrorCode.NotAllowed, "a b"u8)));
        Assert.That((error.Kind, Text(error.Name), Text(error.Rest)), Is.EqualTo((ServerLineKind.Error, "not-allowed", "a b")));
    }

    [TestCase("payload")]
    [TestCase("")]
    [TestCase("\n MSG 1:1 -\n")]
    public void A_message_has_its_payload_as_it_is(string payload)
    {
        byte[] line = new byte[MessageLine.MaxLength];
        int length = MessageLine.Write(line, Last, Encoding.UTF8.GetBytes(new string('t', AuthInfo.MaxLength)));

        ServerLine message = ServerLine.Parse([.. line.AsSpan(0, length), .. Encoding.UTF8.GetBytes(payload)]);

        Assert.That((message.Kind, message.Name.Length, message.Id, Text(message.Rest)), Is.EqualTo((ServerLineKind.Message, AuthInfo.MaxLength, Last, payload)));
    }

    [TestCase("")]
    [TestCase("HELLO")]
    [TestCase("MSG 1:1 -")]
    [TestCase("MSG x -\npayload")]
    [TestCase("MSG 1:1\npayload")]
    [TestCase("MSG 1:1 a b\npayload")]
    [TestCase("WELCOME 1")]
    [TestCase("WELCOME 1 x")]
    [TestCase("OK SUBSCRIBE a")]
    [TestCase("OK OTHER a 1:1")]
    [TestCase("GAP a 1:1")]
    [TestCase("GAP a 1:1 x")]
    public void Anything_else_is_unknown(string text) => Assert.That(ServerLine.Parse(Encoding.UTF8.GetBytes(text)).Kind, Is.EqualTo(ServerLineKind.Unknown));

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
