using System.Globalization;
using System.Text;

namespace Keker.Tests.EndToEnd;

internal sealed class HttpTests : KekerFixture
{
    [Test]
    public async Task Every_answer_has_its_headers()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", "/v1/health"));
        RawResponse response = await client.ReadResponseAsync();

        Assert.That((response.Status, response.Text), Is.EqualTo((200, "{\"message\":\"ok\",\"data\":null}")));
        Assert.That(response.Header("Content-Type"), Is.EqualTo("application/json; charset=utf-8"));
        Assert.That(response.Header("X-Content-Type-Options"), Is.EqualTo("nosniff"));
        Assert.That(response.Header("Cache-Control"), Is.EqualTo("no-store"));
        var date = DateTimeOffset.ParseExact(response.Header("Date")!, "r", CultureInfo.InvariantCulture);
        Assert.That(date, Is.EqualTo(DateTimeOffset.UtcNow).Within(TimeSpan.FromMinutes(1)));
    }

    [TestCase("/v1/health")]
    [TestCase("/v1/nothing")]
    public async Task HEAD_has_the_head_of_GET_and_no_body(string path)
    {
        await using RawClient client = await ConnectAsync();
        await client.SendAsync(RawClient.Head("GET", path) + RawClient.Head("HEAD", path) + RawClient.Head("GET", path));

        RawResponse get = await client.ReadResponseAsync();
        RawResponse head = await client.ReadResponseAsync(toHead: true);
        RawResponse next = await client.ReadResponseAsync();

        Assert.That(head.Status, Is.EqualTo(get.Status));
        Assert.That(head.Header("Content-Length"), Is.EqualTo($"{get.Body.Length}"));
        Assert.That(next.Text, Is.EqualTo(get.Text));
    }

    [TestCase("GET", "/v1/publish", "PUT, POST")]
    [TestCase("OPTIONS", "/v1/publish", "PUT, POST")]
    [TestCase("DELETE", "/v1/broadcast", "PUT, POST")]
    [TestCase("PUT", "/v1/health", "GET, HEAD")]
    [TestCase("TRACE", "/v1/health", "GET, HEAD")]
    [TestCase("PATCH", "/v1/stats", "GET, HEAD")]
    [TestCase("POST", "/v1/subscribe", "GET, OPTIONS")]
    [TestCase("HEAD", "/v1/subscribe", "GET, OPTIONS")]
    public async Task A_known_method_on_the_wrong_route_is_405_and_names_the_right_ones(string method, string path, string allow)
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head(method, path, "Origin: http://a.example", "Access-Control-Request-Method: PUT"));
        RawResponse response = await client.ReadResponseAsync(method == "HEAD");

        Assert.That((response.Status, response.Header("Allow")), Is.EqualTo((405, allow)));
        Assert.That(response.Headers.Select(header => header.Key), Has.None.StartsWith("Access-Control").IgnoreCase);
    }

    [Test]
    public async Task The_server_as_a_whole_tells_its_methods()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("OPTIONS", "*") + RawClient.Head("GET", "/v1/health"));
        RawResponse response = await client.ReadResponseAsync();

        Assert.That((response.Status, response.Header("Allow")), Is.EqualTo((204, "GET, HEAD, PUT, POST, OPTIONS")));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
    }

    [TestCase("/")]
    [TestCase("/v1/health/")]
    [TestCase("/v1/Health")]
    [TestCase("//v1/health")]
    [TestCase("/v1/./health")]
    [TestCase("/x/../v1/health")]
    [TestCase("/v1%2fhealth")]
    [TestCase("/v1/healt%68")]
    [TestCase("/v1/health%00")]
    [TestCase("/v1/health;x")]
    public async Task A_path_is_taken_as_it_is_written(string path)
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", path) + RawClient.Head("GET", "/v1/health"));

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(404));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200), "the connection stays");
    }

    [TestCase("/v1/health?x=%00&y")]
    [TestCase("http://localhost/v1/health")]
    public async Task Queries_and_absolute_targets_are_accepted(string target)
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", target));

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_plain_GET_for_a_WebSocket_is_426()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", "/v1/subscribe"));
        RawResponse response = await client.ReadResponseAsync();

        Assert.That(response.Status, Is.EqualTo(426));
        Assert.That((response.Header("Upgrade"), response.Header("Sec-WebSocket-Version")), Is.EqualTo(("websocket", "13")));
    }

    [Test]
    public async Task Hundreds_of_pipelined_requests_are_answered_in_order()
    {
        await using RawClient client = await ConnectAsync();
        const int Rounds = 300;
        string round = RawClient.Head("GET", "/v1/health") + RawClient.Head("GET", "/v1/nothing") + RawClient.Head("GET", "/v1/publish");

        await client.SendAsync(string.Concat(Enumerable.Repeat(round, Rounds)));

        for (int i = 0; i < Rounds; i++)
        {
            int[] statuses =
            [
                (await client.ReadResponseAsync()).Status,
                (await client.ReadResponseAsync()).Status,
                (await client.ReadResponseAsync()).Status,
            ];
            Assert.That(statuses, Is.EqualTo(new[] { 200, 404, 405 }));
        }
    }

    [Test]
    public async Task A_client_that_only_sends_does_not_make_the_server_grow_and_gets_everything_when_it_reads()
    {
        await using RawClient client = await ConnectAsync();
        const int Count = 20_000;
        byte[] requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(RawClient.Head("GET", "/v1/health"), Count)));

        Task sending = client.SendAsync(requests);
        for (int i = 0; i < Count; i++)
            Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        await sending;
    }

    [Test]
    public async Task A_connection_stays_until_the_client_says_close()
    {
        await using RawClient client = await ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(RawClient.Head("GET", "/v1/health"));
            Assert.That((await client.ReadResponseAsync()).Closes, Is.False);
        }

        await client.SendAsync(RawClient.Head("GET", "/v1/health", "Connection: close") + RawClient.Head("GET", "/v1/health"));

        Assert.That((await client.ReadResponseAsync()).Closes, Is.True);
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task HTTP_10_closes_unless_asked_to_stay()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("GET /v1/health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        RawResponse kept = await client.ReadResponseAsync();
        await client.SendAsync("GET /v1/health HTTP/1.0\r\n\r\n");
        RawResponse last = await client.ReadResponseAsync();

        Assert.That((kept.Status, kept.Header("Connection")), Is.EqualTo((200, "keep-alive")));
        Assert.That((last.Status, last.Closes), Is.EqualTo((200, true)));
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task A_request_before_a_half_close_is_answered()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", "/v1/health") + RawClient.Head("GET", "/v1/health"));
        client.FinishSending();

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task A_request_that_is_cut_off_gets_no_answer()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("GET /v1/health HTTP/1.1\r\nHost: loc");
        client.FinishSending();

        await client.ExpectEndAsync();
    }

    [Test]
    public async Task A_request_may_come_byte_by_byte()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();
        string request = RawClient.Head("POST", "/v1/publish", $"Token: {token}", "Transfer-Encoding: chunked") + "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n";

        foreach (char c in request)
            await client.SendAsync(c.ToString());

        await session.ExpectTextAsync("hello!");
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
    }
}
