using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd.Signed;

namespace Keker.Tests.EndToEnd;

/// <summary>How much one publisher may publish, and how often one address may guess.</summary>
internal sealed class RateTests
{
    private const string Key = "a-publish-key-of-the-first-backend";
    private const string OtherKey = "a-publish-key-of-the-other-backend";

    [Test]
    public async Task Beyond_its_rate_a_key_gets_429_and_another_key_does_not()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-rate", "3", "--publish-key", Key, "--publish-key", OtherKey);
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
        for (int i = 0; i < 4; i++)
            await client.SendAsync("PUT", "/v1/publish", "1", "Token: t", $"Authorization: Bearer {Key}");
        await client.SendAsync("PUT", "/v1/broadcast", "1", $"Authorization: Bearer {Key}");
        await client.SendAsync("PUT", "/v1/publish", "1", "Token: t", $"Authorization: Bearer {OtherKey}");
        int[] statuses = new int[6];
        for (int i = 0; i < statuses.Length; i++)
        {
            RawResponse answer = await client.ReadResponseAsync();
            statuses[i] = answer.Status;
            if (answer.Status != 429)
                continue;
            Assert.That((answer.Header("Retry-After"), answer.Header("RateLimit-Policy"), answer.Header("RateLimit"), answer.Closes),
                Is.EqualTo(("1", "\"publish\";q=3;w=1", "\"publish\";r=0;t=1", false)));
        }
        Assert.That(statuses, Is.EqualTo(new[] { 404, 404, 404, 429, 429, 404 }));
    }

    [Test]
    public async Task Where_no_key_is_needed_each_address_has_the_rate_and_each_line_of_a_batch_counts()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-rate", "2", "--trust-proxy", "127.0.0.1");
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
        foreach (string address in new[] { "192.0.2.1", "192.0.2.2" })
        {
            await client.SendAsync("POST", "/v1/publish/batch", "{\"token\":\"a\",\"data\":\"1\"}\n{\"token\":\"a\",\"data\":\"2\"}\n{\"token\":\"a\",\"data\":\"3\"}\n", $"X-Forwarded-For: {address}");
            string[] lines = (await BatchTests.ReadAnswerAsync(client)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(lines.Select(line => line.Contains("\"status\":429", StringComparison.Ordinal)), Is.EqualTo(new[] { false, false, true }), string.Join('\n', lines));
        }
        using var backend = new Backend(keker.EndPoint);
        Assert.That((await backend.GetAsync("/v1/stats")).Data.GetProperty("rateLimited").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task Who_guesses_keys_is_refused_whatever_it_shows_then()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--hello-rate", "2", "--publish-key", Key, "--trust-proxy", "127.0.0.1");
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
        List<int> statuses = [];
        foreach ((string address, string? key) in new[]
        {
            ("192.0.2.1", null), ("192.0.2.1", null), ("192.0.2.1", Key), ("192.0.2.1", "wrong"), ("192.0.2.1", Key), ("192.0.2.1", "wrong"), ("192.0.2.1", Key), ("192.0.2.2", Key),
        })
        {
            await client.SendAsync(RawClient.Head("GET", "/v1/stats", [$"X-Forwarded-For: {address}", .. key is null ? [] : new[] { $"Authorization: Bearer {key}" }]));
            statuses.Add((await client.ReadResponseAsync()).Status);
        }
        Assert.That(statuses, Is.EqualTo(new[] { 401, 401, 200, 401, 200, 401, 429, 200 }));
    }

    [Test]
    public async Task Who_guesses_tokens_is_refused_at_the_door_and_on_connections_that_are_open()
    {
        await using SignedServer server = await SignedServer.StartAsync("HS256", "--hello-rate", "2");
        await using RawWebSocket open = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await using RawWebSocket guesser = await server.ConnectAsync();
            await guesser.SendTextAsync($"HELLO {server.Maker.Token("\"sub\":\"alice\"")}x");
            Assert.That((await guesser.ReadAsync()).CloseCode, Is.EqualTo(4401));
        }
        await open.SendTextAsync($"HELLO {server.Maker.Token("\"sub\":\"alice\"")}");
        Assert.That((await open.ReadAsync()).CloseCode, Is.EqualTo(CloseCode.TryAgainLater));
        await using RawClient late = await RawClient.ConnectAsync(server.Keker.EndPoint);
        await late.SendAsync(RawWebSocket.Handshake());
        RawResponse answer = await late.ReadResponseAsync();
        Assert.That((answer.Status, answer.Header("Retry-After")), Is.EqualTo((429, "60")));
    }

    [Test]
    public async Task A_token_that_is_over_is_no_guess()
    {
        await using SignedServer server = await SignedServer.StartAsync("HS256", "--hello-rate", "1");
        for (int i = 0; i < 3; i++)
        {
            await using RawWebSocket late = await server.ConnectAsync();
            await late.SendTextAsync($"HELLO {server.Maker.Token("\"sub\":\"alice\"", lifetime: -3600)}");
            Assert.That((await late.ReadAsync()).CloseCode, Is.EqualTo(4401));
        }
    }
}
