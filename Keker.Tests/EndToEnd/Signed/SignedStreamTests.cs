using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.EndToEnd.Signed;

/// <summary>Event streams where it is checked who may.</summary>
internal sealed class SignedStreamTests
{
    private SignedServer _server = null!;
    private Backend _backend = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await SignedServer.StartAsync("RS256", "--public-topic", "news");
        _backend = new Backend(_server.Keker.EndPoint);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _backend.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task The_token_may_stand_in_the_query_or_in_the_header()
    {
        string token = _server.Maker.Token("\"sub\":\"alice\",\"subscribe\":[\"match-*\"]");
        await using EventStream query = await EventStream.OpenAsync(_server.Keker.EndPoint, token);
        await using EventStream header = await OpenAsync("/v1/subscribe?topic=match-1&topic=news", $"Authorization: Bearer {token}");

        await _backend.PublishAsync("alice", "for Alice");
        await query.ExpectAsync("for Alice");
        await header.ExpectAsync("for Alice");
        await _backend.PublishToTopicAsync("match-1", "goal");
        ReceivedEvent goal = await header.ReadAsync();
        Assert.That((goal.Type, goal.Data), Is.EqualTo(("message:match-1", "goal")));
    }

    [Test]
    public async Task Who_is_logged_out_for_a_time_does_not_come_in_with_a_token_that_is_good()
    {
        await using SignedServer server = await SignedServer.StartAsync("HS256", "--publish-key", "a-key-of-the-backend");
        using var backend = new Backend(server.Keker.EndPoint) { Key = "a-key-of-the-backend" };
        await using RawWebSocket session = await server.JoinAsync("\"sub\":\"bob\"");
        Assert.That((await backend.DeleteAsync("/v1/sessions?token=bob&refuse=60")).Data.GetProperty("sessions").GetInt32(), Is.EqualTo(1));
        await session.ExpectCloseAsync(4403, "logged out");

        await using RawWebSocket again = await server.ConnectAsync();
        await again.SendTextAsync($"HELLO {server.Maker.Token("\"sub\":\"bob\"")}");
        await again.ExpectCloseAsync(4403, "logged out");
        await using RawClient page = await RawClient.ConnectAsync(server.Keker.EndPoint);
        await page.SendAsync(RawClient.Head("GET", EventStream.Target(server.Maker.Token("\"sub\":\"bob\"")), "Accept: text/event-stream"));
        Assert.That((await page.ReadResponseAsync()).Status, Is.EqualTo(403));
        Assert.That((await backend.GetAsync("/v1/stats")).Data.GetProperty("refusedHellos").GetInt64(), Is.EqualTo(2));
    }

    [TestCase("/v1/subscribe?token=alice-7f3a9c", 401)]
    [TestCase("/v1/subscribe?topic=news", 401)]
    [TestCase("/v1/subscribe?token=EXPIRED", 401)]
    [TestCase("/v1/subscribe?token=GOOD&topic=room", 403)]
    [TestCase("/v1/subscribe?token=GOOD&topic=news&topic=room", 403)]
    [TestCase("/v1/subscribe?token=LONG", 400)]
    public async Task What_is_not_allowed_is_told_at_the_start(string target, int status)
    {
        string filled = target
            .Replace("EXPIRED", _server.Maker.Token("\"sub\":\"alice\"", lifetime: -61), StringComparison.Ordinal)
            .Replace("GOOD", _server.Maker.Token("\"sub\":\"alice\",\"subscribe\":[\"match-*\"]"), StringComparison.Ordinal)
            .Replace("LONG", _server.Maker.Token($"\"sub\":\"alice\",\"x\":\"{new string('x', 3000)}\""), StringComparison.Ordinal);
        await using RawClient client = await RawClient.ConnectAsync(_server.Keker.EndPoint);

        await client.SendAsync(RawClient.Head("GET", filled, "Accept: text/event-stream"));

        RawResponse answer = await client.ReadResponseAsync();
        Assert.That((answer.Status, answer.Data.ValueKind), Is.EqualTo((status, System.Text.Json.JsonValueKind.Null)));
    }

    [Test]
    public async Task A_stream_ends_with_its_token_and_says_so()
    {
        await using EventStream stream = await EventStream.OpenAsync(_server.Keker.EndPoint, _server.Maker.Token("\"sub\":\"bob\"", lifetime: 2));

        ReceivedEvent expired = await stream.ReadAsync();

        Assert.That((expired.Type, expired.Data), Is.EqualTo(("expired", "the token has expired: get a fresh one")));
        await stream.DrainAsync();
    }

    [Test]
    public async Task A_backend_is_asked_for_streams_too_and_one_that_is_silent_is_503()
    {
        await using var stub = new StubServer(body => body.Contains("good", StringComparison.Ordinal) ? StubServer.Ok("{\"token\":\"carol\"}") : null);
        await using KekerProcess keker = await KekerProcess.StartAsync("--auth-url", stub.Url);
        using var backend = new Backend(keker.EndPoint);
        await using EventStream stream = await EventStream.OpenAsync(keker.EndPoint, "good");
        await backend.PublishAsync("carol", "hello");
        await stream.ExpectAsync("hello");
        await using RawClient silent = await RawClient.ConnectAsync(keker.EndPoint);

        await silent.SendAsync(RawClient.Head("GET", "/v1/subscribe?token=other", "Accept: text/event-stream"));

        RawResponse answer = await silent.ReadResponseAsync();
        Assert.That((answer.Status, answer.Header("Retry-After")), Is.EqualTo((503, "5")));
    }

    [Test]
    public async Task Over_TLS_a_refusal_is_told_as_well()
    {
        using var directory = new TempDirectory();
        var certificate = new TestCertificate();
        certificate.WriteTo(directory);
        await using SignedServer server = await SignedServer.StartAsync("HS256", TestCertificate.OptionsFor(directory));
        await using RawClient client = await RawClient.ConnectTlsAsync(server.Keker.EndPoint, certificate);

        await client.SendAsync(RawClient.Head("GET", "/v1/subscribe?token=nobody", "Accept: text/event-stream"));

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(401));
    }

    private async Task<EventStream> OpenAsync(string target, string header)
    {
        RawClient client = await RawClient.ConnectAsync(_server.Keker.EndPoint);
        await client.SendAsync(RawClient.Head("GET", target, "Accept: text/event-stream", header));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        return new EventStream(client);
    }
}
