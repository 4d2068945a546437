using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Http.Publishing;

namespace Keker.Tests.Server.Http.Publishing;

internal sealed class PublishKeyCheckTests
{
    private static readonly PublishKeyCheck Check = new([.. new[] { "first", "second/+=" }.Select(Encoding.ASCII.GetBytes)]);

    [TestCase("Authorization: Bearer first")]
    [TestCase("Authorization: Bearer second/+=")]
    [TestCase("authorization:bearer first")]
    [TestCase("AUTHORIZATION: BEARER  first ")]
    public void Any_of_the_keys_passes(string header) => Assert.That(Passes(Check, header), Is.True);

    [TestCase("")]
    [TestCase("Authorization:")]
    [TestCase("Authorization: Bearer")]
    [TestCase("Authorization: Bearer ")]
    [TestCase("Authorization: first")]
    [TestCase("Authorization: Basic first")]
    [TestCase("Authorization: Bearerfirst")]
    [TestCase("Authorization: Bearer firs")]
    [TestCase("Authorization: Bearer firstx")]
    [TestCase("Authorization: Bearer First")]
    [TestCase("Authorization: Bearer first second/+=")]
    [TestCase("Authorization: Bearer first, Bearer second/+=")]
    [TestCase("Authorization: Bearer first\r\nAuthorization: Bearer first")]
    [TestCase("Authorization: Bearer wrong\r\nAuthorization: Bearer first")]
    [TestCase("Proxy-Authorization: Bearer first")]
    public void Nothing_else_does(string header) => Assert.That(Passes(Check, header), Is.False);

    [TestCase("")]
    [TestCase("Authorization: Bearer whatever")]
    public void Without_keys_everything_passes(string header) => Assert.That(Passes(new PublishKeyCheck([]), header), Is.True);

    private static bool Passes(PublishKeyCheck check, string header)
    {
        byte[] bytes = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n" + (header.Length == 0 ? "" : header + "\r\n") + "\r\n");
        var head = new RequestHead();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete));
        return check.Passes(head, bytes);
    }
}
