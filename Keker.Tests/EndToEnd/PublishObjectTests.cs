using Keker.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>A publish as one JSON object, for clients that cannot repeat headers.</summary>
internal sealed class PublishObjectTests() : KekerFixture("--write-buffer", "1000")
{
    private const string Type = "Content-Type: application/vnd.keker+json; charset=utf-8";

    [Test]
    public async Task It_reaches_tokens_and_topics_and_is_answered_as_a_publish()
    {
        (string one, string two, string absent) = (NewToken(), NewToken(), NewToken());
        await using RawWebSocket first = await JoinAsync(one);
        await using RawWebSocket second = await JoinAsync(two);
        await second.SendTextAsync($"SUBSCRIBE topic-{two}");
        await Backend.WaitForStatAsync("topics", topics => topics == 1);
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("POST", "/v1/publish", $$"""{"token":["{{one}}","{{absent}}"],"topic":"topic-{{two}}","base64":"/w==","ttl":60}""", Type);
        await client.SendAsync("PUT", "/v1/publish", $$"""{"token":"{{absent}}","data":"x","ttl":60,"idempotency_key":"{{absent}}"}""", Type);
        await client.SendAsync("PUT", "/v1/publish", $$"""{"token":"{{absent}}","data":"x","ttl":60,"idempotency_key":"{{absent}}"}""", Type);
        await client.SendAsync("POST", "/v1/publish", $$"""{"token":"{{one}}","data":"next"}""", Type, "Prefer: wait=5");

        string stored = $"{{\"message\":\"message stored for recipient {absent}\",\"data\":{{\"sessions\":0,\"cached\":1}}}}";
        await ExpectAsync(client, 200, """{"message":"message published","data":{"sessions":2,"cached":1}}""");
        await ExpectAsync(client, 202, stored);
        await ExpectAsync(client, 202, stored);
        await first.ExpectAsync(OpCode.Binary, [0xff]);
        await first.ExpectTextAsync("next");
        await second.ExpectAsync(OpCode.Binary, [0xff]);
        Task<ServerFrame> answersPings = first.ReadAsync();
        await ExpectAsync(client, 200, """{"message":"message received","data":{"sessions":1,"received":1,"pending":0,"cached":0}}""");
        await using RawWebSocket third = await ConnectWebSocketAsync();
        await third.SendTextAsync($"HELLO {absent}");
        await third.ExpectAsync(OpCode.Binary, [0xff]);
        await third.ExpectTextAsync("x");
        await Backend.PublishAsync(one, "last");
        Assert.That((await answersPings).Text, Is.EqualTo("last"));
    }

    [Test]
    public async Task What_is_wrong_with_it_is_told_and_the_connection_goes_on()
    {
        await using RawClient client = await ConnectAsync();
        await client.SendAsync("POST", "/v1/publish", "{", Type);
        await client.SendAsync("POST", "/v1/publish", """{"token":"a","data":"x"}""", Type, "TTL: 5");
        await ExpectAsync(client, 400, """{"message":"not one JSON object, or it nests deeper than 32 levels","data":null}""");
        RawResponse second = await client.ReadResponseAsync();
        Assert.That((second.Status, second.Message), Is.EqualTo((400, "the JSON says it: give token, topic, ttl and collapse_key as members there, not as headers")));
        await using RawClient third = await ConnectAsync();
        await third.SendAsync("POST", "/v1/publish", $$"""{"token":"a","data":"{{new string('x', 1001)}}"}""", Type);
        Assert.That((await third.ReadResponseAsync()).Status, Is.EqualTo(413));
    }

    private static async Task ExpectAsync(RawClient client, int status, string text)
    {
        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Text), Is.EqualTo((status, text)));
    }
}
