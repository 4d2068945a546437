using System.Net.Http.Headers;
using System.Text.Json;

namespace Keker.Tests.EndToEnd.Signed;

/// <summary>Publishers that show a signed token in place of a key.</summary>
internal sealed class SignedPublisherTests
{
    private const string Rights = "\"publish\":[\"token:alice\",\"token:team-*\",\"topic:match-*\"]";

    private SignedServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await SignedServer.StartAsync("ES256", "--publish-key", "0123456789abcdef0123456789abcdef");

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("Token: alice", 404)]
    [TestCase("Token: team-1", 404)]
    [TestCase("Topic: match-17", 404)]
    [TestCase("Token: alice\r\nTopic: match-17", 404)]
    [TestCase("Token: bob", 403)]
    [TestCase("Topic: alice", 403)]
    [TestCase("Topic: news", 403)]
    [TestCase("Token: alice\r\nToken: bob", 403)]
    [TestCase("Token: alice, bob", 403)]
    public async Task A_publish_inside_and_outside_of_its_patterns(string headers, int status) =>
        Assert.That(await StatusAsync("/v1/publish", _server.Maker.Token(Rights), headers), Is.EqualTo(status));

    [Test]
    public async Task What_is_wrong_with_the_token_is_401_and_a_key_may_do_everything()
    {
        Assert.That(await StatusAsync("/v1/publish", _server.Maker.Token(Rights, lifetime: -61), "Token: alice"), Is.EqualTo(401));
        Assert.That(await StatusAsync("/v1/publish", TokenMaker.For("ES256").Token(Rights), "Token: alice"), Is.EqualTo(401));
        Assert.That(await StatusAsync("/v1/publish", TokenMaker.For("HS256").Token(Rights), "Token: alice"), Is.EqualTo(401));
        Assert.That(await StatusAsync("/v1/publish", "wrong", "Token: alice"), Is.EqualTo(401));
        Assert.That(await StatusAsync("/v1/publish", null, "Token: alice"), Is.EqualTo(401));
        Assert.That(await StatusAsync("/v1/publish", _server.Maker.Token("\"sub\":\"alice\""), "Token: alice"), Is.EqualTo(403), "no publish claim");
        Assert.That(await StatusAsync("/v1/publish", "0123456789abcdef0123456789abcdef", "Token: bob"), Is.EqualTo(404));
    }

    [Test]
    public async Task A_broadcast_takes_a_right_of_its_own_and_statistics_take_a_key()
    {
        Assert.That(await StatusAsync("/v1/broadcast", _server.Maker.Token(Rights), null), Is.EqualTo(403));
        Assert.That(await StatusAsync("/v1/broadcast", _server.Maker.Token("\"publish\":[\"broadcast\"]"), null), Is.EqualTo(200));
        Assert.That(await StatusAsync("/v1/publish", _server.Maker.Token("\"publish\":[\"broadcast\"]"), "Token: alice"), Is.EqualTo(403));
        using var backend = new Backend(_server.Keker.EndPoint) { Key = _server.Maker.Token("\"publish\":[\"token:*\",\"topic:*\",\"broadcast\"]") };
        Assert.That((await backend.GetAsync("/v1/stats")).Status, Is.EqualTo(403));
        Assert.That((await backend.GetAsync("/v1/stats/sessions")).Status, Is.EqualTo(403));
    }

    [TestCase("{\"token\":\"alice\",\"data\":\"x\"}", 404)]
    [TestCase("{\"token\":[\"alice\",\"bob\"],\"data\":\"x\"}", 403)]
    [TestCase("{\"topic\":\"news\",\"data\":\"x\"}", 403)]
    public async Task A_publish_as_one_JSON_object(string json, int status) => Assert.That(
        await StatusAsync("/v1/publish", _server.Maker.Token(Rights), "Content-Type: application/vnd.keker+json", json), Is.EqualTo(status));

    [Test]
    public async Task Each_line_of_a_batch_is_looked_at()
    {
        string lines = "{\"token\":\"alice\",\"data\":\"1\"}\n{\"token\":\"bob\",\"data\":\"2\"}\n{\"topic\":\"match-1\",\"data\":\"3\"}\n";

        using var http = new HttpClient { BaseAddress = new Uri($"http://{_server.Keker.EndPoint}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.Maker.Token(Rights));

        using HttpResponseMessage answer = await http.PostAsync("/v1/publish/batch", new StringContent(lines));

        int[] statuses = [.. (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("status").GetInt32())];
        Assert.That(statuses, Is.EqualTo(new[] { 404, 403, 404 }));
    }

    [Test]
    public async Task Pipelined_requests_are_answered_in_order_while_tokens_are_checked()
    {
        await using RawClient client = await RawClient.ConnectAsync(_server.Keker.EndPoint);
        string[] headers = ["Token: alice", "Token: bob", "Topic: match-1", "Topic: news"];
        string Request(string header) => RawClient.Head(
            "POST", "/v1/publish", header, "Content-Length: 0", $"Authorization: Bearer {_server.Maker.Token($"{Rights},\"jti\":\"{Guid.NewGuid()}\"")}");

        await client.SendAsync(string.Concat(headers.Concat(headers).Select(Request)));

        foreach (int status in new[] { 404, 403, 404, 403, 404, 403, 404, 403 })
            Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Refusals_are_counted_by_reason()
    {
        await StatusAsync("/v1/publish", _server.Maker.Token(Rights), "Token: bob");
        await StatusAsync("/v1/publish", _server.Maker.Token(Rights, lifetime: -61), "Token: alice");
        using var backend = new Backend(_server.Keker.EndPoint) { Key = "0123456789abcdef0123456789abcdef" };

        JsonElement refused = (await backend.GetAsync("/v1/stats")).Data.GetProperty("refusedAccess");

        Assert.That(refused.GetProperty("publish").GetInt32(), Is.GreaterThan(0));
        Assert.That(refused.GetProperty("expired").GetInt32(), Is.GreaterThan(0));
    }

    private async Task<int> StatusAsync(string path, string? bearer, string? headers, string body = "x") => (await SendAsync(path, bearer, headers, body)).Status;

    private async Task<RawResponse> SendAsync(string path, string? bearer, string? headers, string body)
    {
        await using RawClient client = await RawClient.ConnectAsync(_server.Keker.EndPoint);
        string[] lines = [.. headers?.Split("\r\n") ?? [], .. bearer is null ? Array.Empty<string>() : [$"Authorization: Bearer {bearer}"], $"Content-Length: {body.Length}"];
        await client.SendAsync(RawClient.Head("POST", path, lines) + body);
        return await client.ReadResponseAsync();
    }
}
