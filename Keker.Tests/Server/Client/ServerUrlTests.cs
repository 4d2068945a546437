using Keker.Server.Client;
using Keker.Server.Options;

namespace Keker.Tests.Server.Client;

internal sealed class ServerUrlTests
{
    [TestCase("http://127.0.0.1:3498", "http://127.0.0.1:3498", "/v1/subscribe")]
    [TestCase("ws://127.0.0.1:3498/v1/subscribe", "http://127.0.0.1:3498", "/v1/subscribe")]
    [TestCase("https://push.example.com", "https://push.example.com:443", "/v1/subscribe")]
    [TestCase("wss://push.example.com/v1/subscribe/", "https://push.example.com:443", "/v1/subscribe")]
    [TestCase("https://example.com/push/", "https://example.com:443/push", "/push/v1/subscribe")]
    [TestCase("wss://example.com/push/v1/subscribe", "https://example.com:443/push", "/push/v1/subscribe")]
    [TestCase("http://[::1]:3498", "http://[::1]:3498", "/v1/subscribe")]
    [TestCase("unix:/run/keker.sock", "unix:/run/keker.sock", "/v1/subscribe")]
    public void Every_form_says_where_the_server_is(string text, string server, string path)
    {
        ServerUrl url = ServerUrl.Read(text, out string? mistake);

        Assert.That((mistake, url.ToString(), url.SubscribePath), Is.EqualTo(((string?)null, server, path)));
    }

    [TestCase("")]
    [TestCase("127.0.0.1:3498")]
    [TestCase("localhost")]
    [TestCase("ftp://host")]
    [TestCase("http://user:secret@host")]
    [TestCase("http://host/?token=secret")]
    [TestCase("unix:")]
    [TestCase("unix:relative")]
    public void Anything_else_is_told_what_is_expected(string text)
    {
        ServerUrl.Read(text, out string? mistake);

        Assert.That(mistake, Is.EqualTo($"expected {ServerUrl.Forms}"));
    }

    [TestCase("0.0.0.0:1", "http://127.0.0.1:1")]
    [TestCase("[::]:1", "http://[::1]:1")]
    [TestCase("10.1.2.3:1", "http://10.1.2.3:1")]
    [TestCase("unix:/s,mode=0600", "unix:/s")]
    public void What_is_listened_on_is_reached_from_this_machine(string address, string server) =>
        Assert.That(ServerUrl.Of(ListenAddress.Parse(address), isSecure: false).ToString(), Is.EqualTo(server));
}
