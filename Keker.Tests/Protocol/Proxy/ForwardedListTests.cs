using System.Net;
using System.Text;
using Keker.Protocol.Proxy;

namespace Keker.Tests.Protocol.Proxy;

internal sealed class ForwardedListTests
{
    [TestCase("192.0.2.1", "192.0.2.1")]
    [TestCase("192.0.2.1, 198.51.100.7,203.0.113.9", "203.0.113.9 198.51.100.7 192.0.2.1")]
    [TestCase("192.0.2.1:4711, [2001:db8::1]:80, [2001:db8::2], 2001:db8::3", "2001:db8::3 2001:db8::2 2001:db8::1 192.0.2.1")]
    [TestCase("unknown, 192.0.2.1", "192.0.2.1 -")]
    [TestCase("\"192.0.2.1\"", "-")]
    [TestCase("192.0.2.1,", "- 192.0.2.1")]
    [TestCase("", "-")]
    [TestCase("1, 0x7f.1, 010.0.0.1, 1.2.3.4.5, [1.2.3.4], [::1]x, fe80::1%eth0", "- - - - - - -")]
    public void X_Forwarded_For_is_read_from_its_end(string value, string expected) =>
        Assert.That(ReadAll(ForwardedList.OfXForwardedFor(Encoding.Latin1.GetBytes(value))), Is.EqualTo(expected));

    [TestCase("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60")]
    [TestCase("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17")]
    [TestCase("for=192.0.2.43, for=198.51.100.17;by=203.0.113.60", "198.51.100.17 192.0.2.43")]
    [TestCase("proto=https ; for=192.0.2.43:80 , for=\"192.0.2.44\"", "192.0.2.44 192.0.2.43")]
    [TestCase("for=unknown, for=_hidden", "- -")]
    [TestCase("by=192.0.2.1", "-")]
    [TestCase("for=192.0.2.1;for=192.0.2.2", "-")]
    [TestCase("for=192.0.2.1, by=\"a,for=192.0.2.2\"", "- 192.0.2.1")]
    [TestCase("for=192.0.2.1, by=\"a\\\",for=192.0.2.2\";for=192.0.2.3", "192.0.2.3 192.0.2.1")]
    [TestCase("for=\"192.0.2.1, for=192.0.2.2", "-")]
    [TestCase("for=192.0.2.1;by=\"a;for=192.0.2.9\"", "192.0.2.1")]
    public void Forwarded_is_read_from_its_end(string value, string expected) =>
        Assert.That(ReadAll(ForwardedList.OfForwarded(Encoding.Latin1.GetBytes(value))), Is.EqualTo(expected));

    private static string ReadAll(ForwardedList list)
    {
        List<string> addresses = [];
        Span<byte> address = stackalloc byte[16];
        while (list.TryReadLast(address, out int length))
            addresses.Add(length == 0 ? "-" : new IPAddress(address[..length]).ToString());
        return string.Join(' ', addresses);
    }
}
