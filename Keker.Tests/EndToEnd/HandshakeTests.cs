namespace Keker.Tests.EndToEnd;

internal sealed class HandshakeTests : KekerFixture
{
    private const string KeyHeader = $"Sec-WebSocket-Key: {RawWebSocket.Key}";
    private const string Upgrade = "Upgrade: websocket";
    private const string Connection = "Connection: Upgrade";
    private const string Version = "Sec-WebSocket-Version: 13";

    private static readonly (int Status, string[] Headers)[] Rows =
    [
        (101, [Upgrade, Connection, Version, KeyHeader]),
        (101, ["Upgrade: h2c, WebSocket", "Connection: keep-alive, UPGRADE", Version, KeyHeader]),
        (101, [Upgrade, Connection, Version, KeyHeader, "Sec-WebSocket-Protocol: unknown", "Sec-WebSocket-Extensions: permessage-deflate; x=y"]),
        (101, [Upgrade, Connection, Version, KeyHeader, "Sec-WebSocket-Extensions: permessage-deflate"]),
        (101, [Upgrade, Connection, Version, KeyHeader, "Sec-WebSocket-Extensions: ;;,=\""]),
        (426, [Connection, Version, KeyHeader]),
        (426, ["Upgrade: h2c", Connection, Version, KeyHeader]),
        (400, [Upgrade, "Connection: keep-alive", Version, KeyHeader]),
        (400, [Upgrade, Connection, KeyHeader]),
        (426, [Upgrade, Connection, "Sec-WebSocket-Version: 8", KeyHeader]),
        (400, [Upgrade, Connection, Version]),
        (400, [Upgrade, Connection, Version, "Sec-WebSocket-Key: x"]),
        (400, [Upgrade, Connection, Version, KeyHeader, KeyHeader]),
        (400, [Upgrade, Connection, Version, KeyHeader, "Content-Length: 1"]),
        (400, [Upgrade, Connection, Version, KeyHeader, "Transfer-Encoding: chunked"]),
    ];

    public static IEnumerable<TestCaseData> Handshakes => Rows.Select(row =>
        new TestCaseData(row.Status, row.Headers).SetArgDisplayNames($"{row.Status}", string.Join(" | ", row.Headers)));

    [TestCaseSource(nameof(Handshakes))]
    public async Task It_is_judged_by_its_headers(int status, string[] headers)
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", "/v1/subscribe", headers));
        RawResponse response = await client.ReadResponseAsync();

        Assert.That(response.Status, Is.EqualTo(status));
        Assert.That(response.Header("Sec-WebSocket-Accept"), Is.EqualTo(status == 101 ? RawWebSocket.Accept : null));
        Assert.That(response.Header("Sec-WebSocket-Version"), Is.EqualTo(status == 426 ? "13" : null));
        Assert.That(response.Headers.Contains("Sec-WebSocket-Protocol"), Is.False);
        Assert.That(response.Headers.Contains("Sec-WebSocket-Extensions"), Is.False);
    }

    [Test]
    public async Task HTTP_10_and_other_routes_do_not_upgrade()
    {
        await using RawClient client = await ConnectAsync();
        string handshake = RawWebSocket.Handshake();

        await client.SendAsync(handshake.Replace("/v1/subscribe", "/v1/health", StringComparison.Ordinal));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));

        await client.SendAsync(handshake.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task There_is_no_echo_unless_the_operator_asks_for_it()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawWebSocket.Handshake().Replace("/v1/subscribe", "/v1/echo", StringComparison.Ordinal));

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Requests_before_it_are_answered_first()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", "/v1/health") + RawWebSocket.Handshake());

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(101));
    }
}
