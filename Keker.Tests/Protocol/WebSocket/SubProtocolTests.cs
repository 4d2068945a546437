using System.Text;
using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class SubProtocolTests
{
    [TestCase(true, "keker.v2")]
    [TestCase(true, "  keker.v2\t")]
    [TestCase(true, "chat, keker.v2")]
    [TestCase(true, "keker.v2,chat")]
    [TestCase(true, ",, keker.v2 ,")]
    [TestCase(true, "chat", "mqtt , keker.v2")]
    [TestCase(true, "keker.v2", "keker.v2")]
    [TestCase(false)]
    [TestCase(false, "")]
    [TestCase(false, "chat", "mqtt")]
    [TestCase(false, "Keker.v2")]
    [TestCase(false, "KEKER.V2")]
    [TestCase(false, "keker.v20")]
    [TestCase(false, "keker.v2;a=1")]
    [TestCase(false, "\"keker.v2\"")]
    [TestCase(false, "keker.v", "2")]
    [TestCase(false, "keker.v2 chat")]
    public void The_one_sub_protocol_is_chosen_where_it_is_offered(bool chosen, params string[] lines)
    {
        string fields = string.Concat(lines.Select(line => $"Sec-WebSocket-Protocol: {line}\r\n"));
        byte[] bytes = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        RequestHead head = new();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete));

        Assert.That(Encoding.ASCII.GetString(SubProtocol.Choose(head, bytes)), Is.EqualTo(chosen ? "keker.v2" : ""));
    }
}
