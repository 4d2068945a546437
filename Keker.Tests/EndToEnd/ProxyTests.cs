using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Keker.Tests.EndToEnd;

/// <summary>Clients behind proxies: whose address counts, and who is believed. One connection per address is allowed, which shows as whom a client is seen.</summary>
internal sealed class ProxyTests
{
    private static readonly string[] OnePerAddress = ["--max-connections-per-ip", "1", "--trust-proxy", "127.0.0.0/8"];

    private readonly List<RawClient> _clients = [];

    [TearDown]
    public async Task DropClientsAsync()
    {
        foreach (RawClient client in _clients)
            await client.DisposeAsync();
        _clients.Clear();
    }

    [Test]
    public async Task Behind_a_trusted_proxy_the_last_address_that_is_not_one_counts()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync([.. OnePerAddress, "--trust-proxy", "10.0.0.0/8"]);
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(101));
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.2"), Is.EqualTo(101));
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.2"), Is.EqualTo(503));
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 203.0.113.99, 192.0.2.2, 10.1.2.3"), Is.EqualTo(503), "what the client says itself stands before");
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.2", "X-Forwarded-For: 192.0.2.3"), Is.EqualTo(101));
        Assert.That(await UpgradeAsync(keker, "Forwarded: for=\"[2001:db8:1:2::1]:80\""), Is.EqualTo(101));
        Assert.That(await UpgradeAsync(keker, "Forwarded: for=\"[2001:db8:1:2::ffff]\""), Is.EqualTo(503), "one /64");
        Assert.That(await UpgradeAsync(keker, "Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(503));
        Assert.That(await UpgradeAsync(keker, "Forwarded: for=192.0.2.77", "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(101), "they differ: nothing is known but the proxy");
        Assert.That(await StreamAsync(keker, "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(503));
        Assert.That(await StreamAsync(keker, "X-Forwarded-For: 192.0.2.4"), Is.EqualTo(200));
    }

    [Test]
    public async Task Who_contradicts_its_proxy_is_counted_all_the_same()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync(OnePerAddress);
        Assert.That(await UpgradeAsync(keker, "Forwarded: for=192.0.2.77", "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(101));
        Assert.That(await UpgradeAsync(keker, "Forwarded: for=192.0.2.78", "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(503));
        Assert.That(await StreamAsync(keker, "Forwarded: for=unknown\r\nX-Forwarded-For: 192.0.2.1"), Is.EqualTo(503));
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(101));
    }

    [Test]
    public async Task A_place_is_free_again_when_its_client_has_gone()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync(OnePerAddress);
        using var backend = new Backend(keker.EndPoint);
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(101));
        await _clients[0].DisposeAsync();
        await backend.WaitForStatAsync("connections", count => count == 1);
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(101));
    }

    [Test]
    public async Task Whom_nobody_trusts_says_what_it_likes()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--max-connections-per-ip", "1", "--trust-proxy", "192.0.2.0/24");
        Assert.That(await UpgradeAsync(keker, "X-Forwarded-For: 192.0.2.1"), Is.EqualTo(101));
        RawClient second = await ConnectAsync(keker.EndPoint);
        await second.SendAsync(RawWebSocket.Handshake("X-Forwarded-For: 192.0.2.2"));
        Assert.That((await second.ReadResponseAsync()).Status, Is.EqualTo(503));
    }

    [TestCase("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", "PROXY TCP4 192.0.2.2 198.51.100.7 56324 443\r\n")]
    [TestCase("v2 192.0.2.1", "v2 192.0.2.2")]
    [TestCase("v2 2001:db8:1::1", "v2 2001:db8:2::1")]
    public async Task A_PROXY_header_tells_the_client(string first, string second)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync(["--listen", "127.0.0.1:0,proxy", .. OnePerAddress]);
        Assert.That(await UpgradeBehindAsync(keker.EndPoint, Header(first)), Is.EqualTo(101));
        Assert.That(await UpgradeBehindAsync(keker.EndPoint, Header(second)), Is.EqualTo(101));
        RawClient third = await ConnectAsync(keker.EndPoint);
        await third.SendAsync(Header(first));
        Assert.That((await third.ReadResponseAsync()).Status, Is.EqualTo(503), "the address has its connection");
        Assert.That(await UpgradeBehindAsync(keker.EndPoint, Header("v2 local")), Is.EqualTo(101), "a connection of the proxy's own");
    }

    [Test]
    public async Task The_header_may_come_byte_by_byte_and_with_the_request_behind_it()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync(["--listen", "127.0.0.1:0,proxy", .. OnePerAddress]);
        RawClient slow = await ConnectAsync(keker.EndPoint);
        foreach (byte b in Header("v2 192.0.2.1"))
            await slow.SendAsync([b]);
        await slow.SendAsync(RawWebSocket.Handshake());
        Assert.That((await slow.ReadResponseAsync()).Status, Is.EqualTo(101));
        RawClient quick = await ConnectAsync(keker.EndPoint);
        await quick.SendAsync([.. Header("PROXY TCP6 2001:db8::1 ::1 1 2\r\n"), .. Encoding.ASCII.GetBytes(RawWebSocket.Handshake())]);
        Assert.That((await quick.ReadResponseAsync()).Status, Is.EqualTo(101));
    }

    [Test]
    public async Task It_stands_before_TLS()
    {
        var certificate = new TestCertificate();
        using var directory = new TempDirectory();
        certificate.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(["--listen", "127.0.0.1:0,proxy", .. TestCertificate.OptionsFor(directory), .. OnePerAddress]);
        foreach ((string address, int status) in new[] { ("192.0.2.1", 101), ("192.0.2.2", 101) })
        {
            RawClient client = await RawClient.ConnectTlsAsync(keker.EndPoint, certificate, Header($"v2 {address}"));
            _clients.Add(client);
            await client.SendAsync(RawWebSocket.Handshake());
            Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(status));
        }
        Assert.That(await EndsAsync(keker.EndPoint, Header("v2 192.0.2.1")));
    }

    [Test]
    public async Task Where_it_has_to_come_nothing_else_is_understood()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync(["--listen", "127.0.0.1:0,proxy", .. OnePerAddress, "--verbose", "DEBUG"]);
        Assert.That(await EndsAsync(keker.EndPoint, Encoding.ASCII.GetBytes(RawWebSocket.Handshake())));
        Assert.That(await EndsAsync(keker.EndPoint, "PROXY TCP4 localhost localhost 1 1\r\n"u8.ToArray()));
        Assert.That(await EndsAsync(keker.EndPoint, []), "nor does silence last");
        await keker.Log.WaitForAsync("no PROXY header", 3);
    }

    [Test]
    public async Task Elsewhere_it_is_a_bad_request()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--trust-proxy", "127.0.0.1");
        foreach (string header in new[] { "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n", "v2 192.0.2.1" })
        {
            RawClient client = await ConnectAsync(keker.EndPoint);
            await client.SendAsync(Header(header));
            Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(400), header);
        }
    }

    [Test]
    public async Task Only_trusted_peers_may_connect_there()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", "127.0.0.1:0,proxy", "--trust-proxy", "192.0.2.0/24", "--verbose", "DEBUG");
        Assert.That(await EndsAsync(keker.EndPoint, Header("v2 192.0.2.1")));
        await keker.Log.WaitForAsync("not a trusted one", 1);
    }

    [Test]
    public async Task Nobody_could_connect_without_trust_so_it_does_not_start()
    {
        ExitedProcess exited = await KekerProcess.RunAsync("--listen", "127.0.0.1:0,proxy");
        Assert.That((exited.Status, exited.Errors), Is.EqualTo((2, "kekerd: --listen '127.0.0.1:0,proxy': expected --trust-proxy with it: only proxies that are trusted may connect there\n")));
    }

    private async Task<int> UpgradeAsync(KekerProcess keker, params string[] fields)
    {
        RawClient client = await ConnectAsync(keker.EndPoint);
        await client.SendAsync(RawWebSocket.Handshake(fields));
        return (await client.ReadResponseAsync()).Status;
    }

    private async Task<int> StreamAsync(KekerProcess keker, string field)
    {
        RawClient client = await ConnectAsync(keker.EndPoint);
        await client.SendAsync(RawClient.Head("GET", EventStream.Target("t"), "Accept: text/event-stream", field));
        return (await client.ReadResponseAsync()).Status;
    }

    private async Task<int> UpgradeBehindAsync(IPEndPoint endPoint, byte[] header)
    {
        RawClient client = await ConnectAsync(endPoint);
        await client.SendAsync(header);
        await client.SendAsync(RawWebSocket.Handshake());
        return (await client.ReadResponseAsync()).Status;
    }

    /// <summary>Whether the server ends a connection without a word.</summary>
    private async Task<bool> EndsAsync(IPEndPoint endPoint, byte[] bytes)
    {
        RawClient client = await ConnectAsync(endPoint);
        await client.SendAsync(bytes);
        return await client.ReadByteAsync() < 0;
    }

    private async Task<RawClient> ConnectAsync(IPEndPoint endPoint)
    {
        RawClient client = await RawClient.ConnectAsync(endPoint);
        _clients.Add(client);
        return client;
    }

    private static byte[] Header(string text)
    {
        if (!text.StartsWith("v2 ", StringComparison.Ordinal))
            return Encoding.ASCII.GetBytes(text);
        byte[] address = text == "v2 local" ? [] : IPAddress.Parse(text[3..]).GetAddressBytes();
        byte family = address.Length switch { 4 => 0x11, 16 => 0x21, _ => 0 };
        byte[] addresses = [.. address, .. address, .. new byte[address.Length == 0 ? 0 : 4]];
        byte[] header = [.. "\r\n\r\n\0\r\nQUIT\n"u8, (byte)(address.Length == 0 ? 0x20 : 0x21), family, 0, 0, .. addresses];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)addresses.Length);
        return header;
    }
}
