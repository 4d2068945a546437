using System.Net;
using System.Net.Sockets;
using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class ListenAddressTests
{
    [TestCase("0.0.0.0:3498", "0.0.0.0", 3498)]
    [TestCase("127.0.0.1:0", "127.0.0.1", 0)]
    [TestCase("127.0.0.1:65535", "127.0.0.1", 65535)]
    [TestCase("*:80", "0.0.0.0", 80)]
    [TestCase(":80", "0.0.0.0", 80)]
    [TestCase("localhost:80", "127.0.0.1", 80)]
    [TestCase("LocalHost:80", "127.0.0.1", 80)]
    [TestCase("[::]:80", "::", 80)]
    [TestCase("[::1]:80", "::1", 80)]
    [TestCase("[2001:DB8:0::1]:80", "2001:db8::1", 80)]
    public void A_tcp_address_gives_its_end_point_and_stays_as_written(string text, string ip, int port)
    {
        ListenAddress address = ListenAddress.Parse(text);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(address.Kind, Is.EqualTo(ListenKind.Tcp));
            Assert.That(address.ToEndPoint(), Is.EqualTo(new IPEndPoint(IPAddress.Parse(ip), port)));
            Assert.That(address.Port, Is.EqualTo(port));
            Assert.That(address.Path, Is.Null);
            Assert.That(address.ToString(), Is.EqualTo(text));
        }
    }

    [Test]
    public void A_unix_address_gives_its_path()
    {
        ListenAddress address = ListenAddress.Parse("unix:/run/a:b.sock");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(address.Kind, Is.EqualTo(ListenKind.Unix));
            Assert.That(address.Path, Is.EqualTo("/run/a:b.sock"));
            Assert.That(address.ToEndPoint(), Is.InstanceOf<UnixDomainSocketEndPoint>());
            Assert.That(address.ToEndPoint().ToString(), Is.EqualTo("/run/a:b.sock"));
            Assert.That(address.ToString(), Is.EqualTo("unix:/run/a:b.sock"));
        }
    }

    [TestCase("unix:/a,mode=0660", 432)]
    [TestCase("unix:/a,mode=600", 384)]
    [TestCase("unix:/a,mode=0777", 511)]
    [TestCase("unix:/a,mode=0", 0)]
    [TestCase("unix:/a", null)]
    public void A_unix_address_may_say_who_may_connect(string text, int? mode)
    {
        ListenAddress address = ListenAddress.Parse(text);
        Assert.That((address.Path, (int?)address.Mode, address.ToString()), Is.EqualTo(("/a", mode, text)));
    }

    [TestCase("127.0.0.1:80,proxy", true)]
    [TestCase("127.0.0.1:80", false)]
    [TestCase("unix:/a,proxy", true)]
    [TestCase("unix:/a,mode=0660,proxy", true)]
    [TestCase("unix:/a,proxy,mode=0660", true)]
    [TestCase("unix:/a,mode=0660", false)]
    public void It_may_be_for_proxies(string text, bool isProxied) => Assert.That(ListenAddress.Parse(text).IsProxied, Is.EqualTo(isProxied));

    [Test]
    public void The_longest_unix_path_can_be_bound()
    {
        string path = "/tmp/".PadRight(Limits.UnixPathBytes, 'p');

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ListenAddress.Parse("unix:" + path).ToEndPoint(), Throws.Nothing);
            Assert.That(() => ListenAddress.Parse("unix:" + path + "p"), Throws.TypeOf<FormatException>().With.Message.Contains($"at most {Limits.UnixPathBytes} bytes"));
            Assert.That(() => ListenAddress.Parse("unix:/" + new string('é', 54)), Throws.TypeOf<FormatException>());
        }
    }

    [TestCase("")]
    [TestCase("3498")]
    [TestCase("localhost")]
    [TestCase("localhost:")]
    [TestCase("localhost:65536")]
    [TestCase("localhost:+80")]
    [TestCase("localhost: 80")]
    [TestCase("localhost:000080")]
    [TestCase("localhost:http")]
    [TestCase("::1:80")]
    [TestCase("[::1]80")]
    [TestCase("[::1:80")]
    [TestCase("[127.0.0.1]:80")]
    [TestCase("[]:80")]
    [TestCase("1:80")]
    [TestCase("127.1:80")]
    [TestCase("010.0.0.1:80")]
    [TestCase("256.0.0.1:80")]
    [TestCase("a b:80")]
    [TestCase("-a:80")]
    [TestCase("a..b:80")]
    [TestCase("http://a:80")]
    [TestCase("https://a")]
    [TestCase("ws://a:80/v1")]
    [TestCase("a:80,mode=0660")]
    [TestCase("a:80,proxy,proxy")]
    [TestCase("a:80,PROXY")]
    [TestCase("a:80,")]
    [TestCase("unix:/a,")]
    [TestCase("unix:/a,mode")]
    [TestCase("unix:/a,mode=")]
    [TestCase("unix:/a,mode=0888")]
    [TestCase("unix:/a,mode=1777")]
    [TestCase("unix:/a,mode=00660")]
    [TestCase("unix:/a,mode=-1")]
    [TestCase("unix:/a,mode=rw")]
    [TestCase("unix:/a,Mode=0660")]
    [TestCase("unix:/a,mode=0660,mode=0660")]
    [TestCase("unix:,mode=0660")]
    [TestCase("unix:")]
    [TestCase("unix:relative")]
    [TestCase("unix:/directory/")]
    [TestCase("unix:/a\0b")]
    public void Anything_else_is_refused_with_what_is_expected(string text)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ListenAddress.TryParse(text, out ListenAddress? address, out string? mistake), Is.False);
            Assert.That(address, Is.Null);
            Assert.That(mistake, Does.StartWith("expected "));
        }
    }

    [TestCase("localhost:80", "127.0.0.1:80", true)]
    [TestCase("*:80", "0.0.0.0:80", true)]
    [TestCase("Example.org:80", "example.org:80", true)]
    [TestCase("[::0]:80", "[::]:80", true)]
    [TestCase("unix:/a", "unix:/a", true)]
    [TestCase("unix:/a", "unix:/A", false)]
    [TestCase("unix:/a", "unix:/a,mode=0660", true)]
    [TestCase("localhost:80", "localhost:81", false)]
    [TestCase("[::]:80", "0.0.0.0:80", false)]
    public void Addresses_are_equal_when_they_name_the_same_place(string one, string other, bool equal)
    {
        Assert.That(ListenAddress.Parse(one).Equals(ListenAddress.Parse(other)), Is.EqualTo(equal));
    }

    [Test]
    public void A_name_without_an_address_fails_when_it_is_used_and_not_before()
    {
        ListenAddress address = ListenAddress.Parse("no-such-host.invalid:80");

        Assert.That(address.ToEndPoint, Throws.InstanceOf<SocketException>());
    }
}
