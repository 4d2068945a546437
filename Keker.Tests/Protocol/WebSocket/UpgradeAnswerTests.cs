using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>The example of RFC 6455 1.3, and what is wrong with others.</summary>
[TestFixture]
internal sealed class UpgradeAnswerTests
{
    private const string Good =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: keker.v2\r\n\r\n";

    private static UpgradeAnswer Read(string bytes) => UpgradeAnswer.Read(Encoding.Latin1.GetBytes(bytes), "dGhlIHNhbXBsZSBub25jZQ=="u8, SubProtocol.Tagged);

    [Test]
    public void A_good_answer_is_accepted_and_what_follows_it_is_left_alone()
    {
        UpgradeAnswer answer = Read(Good + "\u0081\u0002hi");

        Assert.That((answer.Kind, answer.Status, answer.HeadLength), Is.EqualTo((UpgradeAnswer.Result.Accepted, 101, Good.Length)));
    }

    [Test]
    public void Wherever_it_is_cut_more_is_needed()
    {
        for (int length = 0; length < Good.Length; length++)
            Assert.That(Read(Good[..length]).Kind, Is.EqualTo(UpgradeAnswer.Result.NeedMore), $"{length}");
    }

    [TestCase("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=")]
    [TestCase("Sec-WebSocket-Accept", "X-Accept")]
    [TestCase("Upgrade: WebSocket", "Upgrade: h2c")]
    [TestCase("keep-alive, Upgrade", "keep-alive")]
    [TestCase("keker.v2", "keker.v3")]
    [TestCase("Sec-WebSocket-Protocol: keker.v2\r\n", "")]
    [TestCase("Sec-WebSocket-Protocol: keker.v2\r\n", "Sec-WebSocket-Protocol: keker.v2\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")]
    [TestCase("Sec-WebSocket-Accept", "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Accept")]
    [TestCase("HTTP/1.1", "HTTP/1.0")]
    [TestCase("HTTP/1.1 101", "SSH-2.0-OpenSSH")]
    [TestCase("101", "1o1")]
    [TestCase("Upgrade: WebSocket\r\n", "Upgrade WebSocket\r\n")]
    public void An_answer_that_is_none_is_malformed(string part, string replacement) =>
        Assert.That(Read(Good.Replace(part, replacement, StringComparison.Ordinal)).Kind, Is.EqualTo(UpgradeAnswer.Result.Malformed));

    [Test]
    public void Another_status_is_a_refusal_with_the_length_of_its_body()
    {
        const string Head = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 12\r\n\r\n";
        UpgradeAnswer answer = Read(Head + "half");

        Assert.That((answer.Kind, answer.Status, answer.HeadLength, answer.ContentLength), Is.EqualTo((UpgradeAnswer.Result.Refused, 503, Head.Length, 12)));
    }

    [Test]
    public void A_request_is_a_good_handshake()
    {
        string request = Encoding.ASCII.GetString(UpgradeRequest.Make("[::1]:3498", "/v1/subscribe", "dGhlIHNhbXBsZSBub25jZQ=="u8, SubProtocol.Tagged, "test/1"));

        Assert.That(request, Is.EqualTo("GET /v1/subscribe HTTP/1.1\r\nHost: [::1]:3498\r\nUser-Agent: test/1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: keker.v2\r\n\r\n"));
        Assert.That(() => UpgradeRequest.Make("a\r\nb", "/", "dGhlIHNhbXBsZSBub25jZQ=="u8, SubProtocol.Tagged, "test/1"), Throws.ArgumentException);
    }
}
