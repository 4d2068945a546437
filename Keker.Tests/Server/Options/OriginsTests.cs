using System.Text;
using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class OriginsTests
{
    [TestCase("https://example.com", "https://example.com")]
    [TestCase("HTTPS://Example.COM:8443", "https://example.com:8443")]
    [TestCase("https://example.com:443", "https://example.com")]
    [TestCase("http://example.com:80", "http://example.com")]
    [TestCase("http://example.com:443", "http://example.com:443")]
    [TestCase("http://localhost:03000", "http://localhost:3000")]
    [TestCase("http://[::1]:3000", "http://[::1]:3000")]
    [TestCase("http://[0:0::1]", "http://[::1]")]
    [TestCase("capacitor://localhost", "capacitor://localhost")]
    [TestCase("HTTPS://*.Example.com:443", "https://*.example.com")]
    [TestCase("http://*.localhost:8080", "http://*.localhost:8080")]
    [TestCase("chrome-extension://abc", "chrome-extension://abc")]
    [TestCase("file://", "file://")]
    [TestCase("FILE://", "file://")]
    [TestCase("null", "null")]
    [TestCase("Null", "null")]
    public void An_origin_gets_the_spelling_of_browsers(string text, string expected)
    {
        Assert.That(Origins.Normalize(text), Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("*")]
    [TestCase("example.com")]
    [TestCase("https://")]
    [TestCase("file:///")]
    [TestCase("file:")]
    [TestCase("://example.com")]
    [TestCase("1http://example.com")]
    [TestCase("ht tp://example.com")]
    [TestCase("https://*")]
    [TestCase("https://*.")]
    [TestCase("https://*example.com")]
    [TestCase("https://a.*.example.com")]
    [TestCase("https://*.*.example.com")]
    [TestCase("https://*..example.com")]
    [TestCase("http://*.0.0.1")]
    [TestCase("http://*.[::1]")]
    [TestCase("https://example.com/")]
    [TestCase("https://example.com?x")]
    [TestCase("https://user@example.com")]
    [TestCase("https://example.com:")]
    [TestCase("https://example.com:0")]
    [TestCase("https://example.com:65536")]
    [TestCase("https://example.com:+1")]
    [TestCase("https://exämple.com")]
    [TestCase("http://::1")]
    [TestCase("http://[::1")]
    [TestCase("http://[fe80::1%eth0]")]
    [TestCase("http://[1.2.3.4]")]
    public void Anything_else_is_no_origin(string text)
    {
        Assert.That(Origins.Normalize(text), Is.Null);
    }

    [TestCase("https://*.example.com", "https://a.example.com", true)]
    [TestCase("https://*.example.com", "HTTPS://A-1.Example.com", true)]
    [TestCase("https://*.example.com", "https://example.com", false)]
    [TestCase("https://*.example.com", "https://.example.com", false)]
    [TestCase("https://*.example.com", "https://a.b.example.com", false)]
    [TestCase("https://*.example.com", "http://a.example.com", false)]
    [TestCase("https://*.example.com", "https://a.example.com:8443", false)]
    [TestCase("https://*.example.com", "https://aexample.com", false)]
    [TestCase("https://*.example.com", "https://evil.com/.example.com", false)]
    [TestCase("https://*.example.com", "https://evil:1.example.com", false)]
    [TestCase("https://*.example.com", "https://a.example.com.evil.com", false)]
    [TestCase("https://*.example.com", "https://", false)]
    [TestCase("https://*.example.com:8443", "https://a.example.com:8443", true)]
    [TestCase("https://example.com", "https://Example.com", true)]
    [TestCase("https://example.com", "https://a.example.com", false)]
    public void A_star_stands_for_one_label(string allowed, string origin, bool matches) =>
        Assert.That(Origins.Matches(Encoding.ASCII.GetBytes(allowed), Encoding.ASCII.GetBytes(origin)), Is.EqualTo(matches));
}
