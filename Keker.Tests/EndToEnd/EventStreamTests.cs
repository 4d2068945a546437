using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.EndToEnd;

internal sealed class EventStreamTests : KekerFixture
{
    private const string Accept = "Accept: text/event-stream";

    [Test]
    public async Task The_head_keeps_proxies_and_caches_away()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", EventStream.Target(NewToken()), Accept, "Origin: http://page.example"));
        RawResponse head = await client.ReadResponseAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(head.Status, Is.EqualTo(200));
            Assert.That(head.Header("Content-Type"), Is.EqualTo("text/event-stream"));
            Assert.That(head.Header("Cache-Control"), Is.EqualTo("no-store"));
            Assert.That(head.Header("X-Accel-Buffering"), Is.EqualTo("no"));
            Assert.That(head.Header("Connection"), Is.EqualTo("close"));
            Assert.That(head.Header("Access-Control-Allow-Origin"), Is.EqualTo("*"));
            Assert.That(head.Headers.Contains("Content-Length"), Is.False);
            Assert.That(head.Headers.Contains("Transfer-Encoding"), Is.False);
        }
    }

    [Test]
    public async Task HTTP_10_is_enough()
    {
        await using RawClient client = await ConnectAsync();
        string token = NewToken();
        string request = RawClient.Head("GET", EventStream.Target(token), Accept).Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal);

        await client.SendAsync(request);
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        var stream = new EventStream(client);
        await stream.ReadBlockAsync();
        await Backend.PublishAsync(token, "hello");

        await stream.ExpectAsync("hello");
    }

    [Test]
    public async Task Text_arrives_line_by_line_and_bytes_as_base64()
    {
        string token = NewToken();
        await using EventStream stream = await OpenAsync(token);

        await Backend.PublishAsync(token, "Grüße\r\nin\n\ndrei Zeilen\n");
        await Backend.PublishAsync(token, "");
        await Backend.PublishAsync(token, [0xFF, 0, 1]);
        await Backend.BroadcastAsync("all");

        await stream.ExpectAsync("Grüße\nin\n\ndrei Zeilen\n");
        await stream.ExpectAsync("");
        ReceivedEvent binary = await stream.ReadAsync();
        Assert.That((binary.Type, binary.Data), Is.EqualTo(("binary", "/wAB")));
        await stream.ExpectAsync("all");
    }

    [Test]
    public async Task It_counts_as_a_session_and_gets_what_was_cached()
    {
        string token = NewToken();
        await Backend.PublishAsync(token, "cached");

        await using EventStream stream = await OpenAsync(token);
        RawResponse answer = await Backend.PublishAsync(token, "live");

        Assert.That(answer.Data.GetProperty("sessions").GetInt32(), Is.EqualTo(1));
        await stream.ExpectAsync("cached");
        await stream.ExpectAsync("live");
    }

    [Test]
    public async Task A_token_is_percent_encoded()
    {
        await using EventStream stream = await OpenAsync("gr%C3%BC%26n+1");

        Assert.That((await Backend.PublishAsync("grü&n+1", "hello")).Status, Is.EqualTo(200));

        await stream.ExpectAsync("hello");
    }

    [Test]
    public async Task It_goes_on_after_the_last_id([Values] bool inQuery)
    {
        string token = NewToken();
        EventStream first = await OpenAsync(token);
        await Backend.PublishAsync(token, "1");
        await Backend.PublishAsync(token, "2");
        string lastId = (await first.ReadAsync()).LastId;
        await first.DisposeAsync();
        await Backend.PublishAsync(token, "3");

        await using EventStream next = inQuery
            ? await OpenAsync($"{token}&last_event_id={lastId}")
            : await OpenAsync(token, $"Last-Event-ID: {lastId}");

        await next.ExpectAsync("2");
        await next.ExpectAsync("3");
    }

    [Test]
    public async Task An_id_from_before_a_restart_is_answered_by_a_gap()
    {
        await using EventStream stream = await OpenAsync(NewToken(), "Last-Event-ID: 1f:3");

        ReceivedEvent gap = await stream.ReadAsync();

        Assert.That(gap.Type, Is.EqualTo("gap"));
        Assert.That(gap.Data, Is.EqualTo($"1f:3 {gap.LastId}"));
    }

    [TestCase("", "Last-Event-ID: nonsense")]
    [TestCase("", "Last-Event-ID: 1F:3")]
    [TestCase("&last_event_id=nonsense")]
    [TestCase("&last_event_id=%zz")]
    [TestCase("&lastEventId=nonsense")]
    [TestCase("&last_event_id=1f:3&lastEventId=0123456789012345678901234567890123456789")]
    [TestCase("&lastEventId=1f:3&lastEventId=1f:4")]
    public async Task An_id_that_is_none_is_a_gap_and_what_is_there_follows(string query, params string[] headers)
    {
        string token = NewToken();
        await Backend.PublishAsync(token, "cached");
        await using EventStream stream = await OpenAsync(token + query, headers);

        ReceivedEvent gap = await stream.ReadAsync();

        Assert.That((gap.Type, gap.Data), Is.EqualTo(("gap", $"0:0 {gap.LastId}")));
        await stream.ExpectAsync("cached");
    }

    [TestCase("")]
    [TestCase("&lastEventId=")]
    [TestCase("&last_event_id=&lastEventId", "Last-Event-ID:")]
    public async Task An_empty_id_is_as_good_as_none(string query, params string[] headers)
    {
        string token = NewToken();
        await Backend.PublishAsync(token, "cached");
        await using EventStream stream = await OpenAsync(token + query, headers);
        await stream.ExpectAsync("cached");
    }

    [TestCase("&lastEventId={0}")]
    [TestCase("&last_event_id=1f:3&lastEventId={0}")]
    [TestCase("&last_event_id=1f:3&lastEventId=1f:3", "Last-Event-ID: {0}")]
    public async Task The_latest_id_counts(string query, params string[] headers)
    {
        string token = NewToken();
        string lastId;
        await using (EventStream first = await OpenAsync(token))
        {
            await Backend.PublishAsync(token, "1");
            await Backend.PublishAsync(token, "2");
            lastId = (await first.ReadAsync()).LastId;
        }

        await using EventStream next = await OpenAsync(
            token + query.Replace("{0}", lastId, StringComparison.Ordinal), [.. headers.Select(header => header.Replace("{0}", lastId, StringComparison.Ordinal))]);

        await next.ExpectAsync("2");
    }

    [Test]
    public async Task An_upgrade_to_something_else_is_ignored()
    {
        await using RawClient client = await ConnectAsync();
        string token = NewToken();

        await client.SendAsync(RawClient.Head(
            "GET", EventStream.Target(token), Accept, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        var stream = new EventStream(client);
        await stream.ReadBlockAsync();
        await Backend.PublishAsync(token, "hello");

        await stream.ExpectAsync("hello");
    }

    [TestCase("/v1/subscribe", "no token and no topic: ask for")]
    [TestCase("/v1/subscribe?token=", "bad token: send")]
    [TestCase("/v1/subscribe?token=a%20b", "bad token: send")]
    [TestCase("/v1/subscribe?token=%zz", "bad token: send")]
    [TestCase("/v1/subscribe?token=a&token=a", "more than one token: an event stream has one")]
    public async Task A_mistake_in_the_token_is_said(string target, string message)
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", target, Accept));
        RawResponse answer = await client.ReadResponseAsync();

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(answer.Message, Does.StartWith(message));
    }

    [TestCase("HEAD", 405, "Accept: text/event-stream")]
    [TestCase("POST", 405, "Accept: text/event-stream")]
    [TestCase("GET", 426, "Accept: */*")]
    [TestCase("GET", 426, "Accept: text/event-stream;q=0")]
    public async Task Nothing_but_a_GET_that_asks_for_one_gets_a_stream(string method, int status, string accept)
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head(method, EventStream.Target(NewToken()), accept));

        Assert.That((await client.ReadResponseAsync(toHead: method == "HEAD")).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task A_WebSocket_handshake_is_one_whatever_it_accepts()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawWebSocket.Handshake().Replace("\r\n\r\n", $"\r\n{Accept}\r\n\r\n", StringComparison.Ordinal));

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(101));
    }

    [Test]
    public async Task What_the_client_says_is_dropped_up_to_a_bound()
    {
        string token = NewToken();
        await using EventStream stream = await OpenAsync(token);

        await stream.SendAsync(new byte[60_000]);
        await Backend.PublishAsync(token, "still there");
        await stream.ExpectAsync("still there");
        await stream.SendAsync(new byte[60_000]);

        await stream.DrainAsync();
    }

    private async Task<EventStream> OpenAsync(string token, params string[] headers) =>
        await EventStream.OpenAsync(await ConnectAsync(), token, headers);
}
