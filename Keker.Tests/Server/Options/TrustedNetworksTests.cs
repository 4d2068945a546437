using System.Net;
using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class TrustedNetworksTests
{
    [TestCase("10.0.0.0/8", "10.255.0.1", true)]
    [TestCase("10.0.0.0/8", "11.0.0.1", false)]
    [TestCase("10.0.0.0/8", "::ffff:10.0.0.1", true)]
    [TestCase("192.0.2.7", "192.0.2.7", true)]
    [TestCase("192.0.2.7", "192.0.2.8", false)]
    [TestCase("2001:DB8::/32", "2001:db8:ffff::1", true)]
    [TestCase("2001:db8::/32", "2001:db9::1", false)]
    [TestCase("::1", "::1", true)]
    [TestCase("::/0", "10.0.0.1", false)]
    [TestCase("0.0.0.0/0", "::1", false)]
    public void They_have_the_addresses_of_their_prefix(string network, string address, bool expected)
    {
        Assert.That(TrustedNetworks.TryParse(network, out IPNetwork? parsed));
        Assert.That(new TrustedNetworks([parsed!.Value]).Contain(IPAddress.Parse(address).GetAddressBytes()), Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("10.0.0.0/33")]
    [TestCase("10.0.0.1/8")]
    [TestCase("10/8")]
    [TestCase("10.0.0.0/8/8")]
    [TestCase("10.0.0.0/")]
    [TestCase("[::1]")]
    [TestCase("fe80::1%eth0")]
    [TestCase("localhost")]
    public void Nothing_else_is_a_network(string text) => Assert.That(TrustedNetworks.TryParse(text, out _), Is.False);
}
