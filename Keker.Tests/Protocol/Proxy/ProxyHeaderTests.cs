using System.Buffers.Binary;
using System.Net;
using System.Text;
using Keker.Protocol.Proxy;

namespace Keker.Tests.Protocol.Proxy;

internal sealed class ProxyHeaderTests
{
    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", "192.0.2.1")]
    [TestCase("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255")]
    [TestCase("PROXY TCP6 2001:db8::7 ::1 1 0\r\n", "2001:db8::7")]
    [TestCase("PROXY TCP6 ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", "bad")]
    [TestCase("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [TestCase("PROXY UNKNOWN\r\n", null)]
    [TestCase("PROXY UNKNOWN ffff::1 anything at all\r\n", null)]
    [TestCase("PROXY UNKNOWNS\r\n", "bad")]
    [TestCase("PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n", "bad")]
    [TestCase("PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n", "bad")]
    [TestCase("PROXY TCP4 01.2.3.4 1.2.3.4 1 1\r\n", "bad")]
    [TestCase("PROXY TCP4 ::1 ::1 1 1\r\n", "bad")]
    [TestCase("PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n", "bad")]
    [TestCase("PROXY TCP6 [::1] ::1 1 1\r\n", "bad")]
    [TestCase("PROXY TCP6 fe80::1%1 ::1 1 1\r\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3.4 1.2.3.4 1 -1\r\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n", "bad")]
    [TestCase("PROXY TCP4 1.2.3.4\r1.2.3.4 1 1\r\n", "bad")]
    [TestCase("proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n", "bad")]
    [TestCase("PUT /v1/publish HTTP/1.1\r\n", "bad")]
    [TestCase("GET / HTTP/1.1\r\n", "bad")]
    public void A_line_tells_the_address_or_is_none(string line, string? address) => Check(Encoding.ASCII.GetBytes(line), address);

    [TestCase(0x21, 0x11, 12, 0, "1.2.3.4")]
    [TestCase(0x21, 0x11, 12, 40, "1.2.3.4")]
    [TestCase(0x21, 0x21, 36, 0, "102:304:506:708:90a:b0c:d0e:f10")]
    [TestCase(0x21, 0x21, 36, 484, "102:304:506:708:90a:b0c:d0e:f10")]
    [TestCase(0x21, 0x21, 36, 485, "bad")]
    [TestCase(0x21, 0x11, 11, 0, "bad")]
    [TestCase(0x21, 0x21, 35, 0, "bad")]
    [TestCase(0x21, 0x00, 0, 0, null)]
    [TestCase(0x21, 0x00, 0, 30, null)]
    [TestCase(0x21, 0x12, 12, 0, null)]
    [TestCase(0x21, 0x31, 216, 0, null)]
    [TestCase(0x21, 0x31, 215, 0, "bad")]
    [TestCase(0x21, 0x41, 12, 0, "bad")]
    [TestCase(0x21, 0x13, 12, 0, "bad")]
    [TestCase(0x20, 0x00, 0, 0, null)]
    [TestCase(0x20, 0x11, 12, 7, null)]
    [TestCase(0x20, 0x21, 0, 0, null)]
    [TestCase(0x22, 0x11, 12, 0, "bad")]
    [TestCase(0x11, 0x11, 12, 0, "bad")]
    [TestCase(0x31, 0x11, 12, 0, "bad")]
    public void A_binary_header_tells_the_address_or_is_none(byte command, byte family, int addressBytes, int moreBytes, string? address)
    {
        byte[] header = [.. Signature, command, family, 0, 0, .. Enumerable.Range(1, addressBytes).Select(i => (byte)i), .. new byte[moreBytes]];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(addressBytes + moreBytes));
        Check(header, address);
    }

    [Test]
    public void Of_a_line_that_never_ends_no_more_is_read_than_the_longest_has()
    {
        byte[] line = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 200));
        Assert.That(Read(line.AsSpan(0, 106), out _, out _), Is.EqualTo(ProxyHeaderStatus.Incomplete));
        Assert.That(Read(line.AsSpan(0, 107), out _, out _), Is.EqualTo(ProxyHeaderStatus.Bad));
    }

    /// <summary>Whole, in every part, and with the first bytes of what follows.</summary>
    private static void Check(byte[] header, string? expected)
    {
        byte[] followed = [.. header, .. "GET "u8];
        ProxyHeaderStatus whole = Read(followed, out string? address, out int length);
        if (expected == "bad")
        {
            Assert.That(whole, Is.EqualTo(ProxyHeaderStatus.Bad));
            return;
        }
        Assert.That((whole, address, length), Is.EqualTo((ProxyHeaderStatus.Complete, expected, header.Length)));
        for (int cut = 0; cut < header.Length; cut++)
            Assert.That(Read(header.AsSpan(0, cut), out _, out _), Is.EqualTo(ProxyHeaderStatus.Incomplete), $"{cut} bytes");
    }

    private static ProxyHeaderStatus Read(ReadOnlySpan<byte> bytes, out string? address, out int length)
    {
        Span<byte> ip = stackalloc byte[ProxyHeader.AddressBytes];
        ProxyHeaderStatus status = ProxyHeader.Read(bytes, ip, out int addressLength, out length);
        address = addressLength == 0 ? null : new IPAddress(ip[..addressLength]).ToString();
        return status;
    }
}
