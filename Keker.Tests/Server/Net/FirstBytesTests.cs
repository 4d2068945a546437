using System.Text;
using Keker.Server.Net;

namespace Keker.Tests.Server.Net;

internal sealed class FirstBytesTests
{
    [TestCase("GET /v1/", true)]
    [TestCase("POST /v1", true)]
    [TestCase("PUT /v1/", true)]
    [TestCase("OPTIONS ", true)]
    [TestCase("P", true)]
    [TestCase("", false)]
    [TestCase("GET\t/", false)]
    [TestCase("\u0016\u0003\u0001\u0002\0\u0001", false)]
    [TestCase("G\0", false)]
    [TestCase("\0GET / H", false)]
    public void They_tell_HTTP_from_TLS_and_from_noise(string bytes, bool isHttp) =>
        Assert.That(FirstBytes.AreHttp(Encoding.Latin1.GetBytes(bytes)), Is.EqualTo(isHttp));
}
