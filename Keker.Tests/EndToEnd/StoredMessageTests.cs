namespace Keker.Tests.EndToEnd;

/// <summary>Messages that wait longer or shorter than others, on a server whose cache is off.</summary>
internal sealed class StoredMessageTests() : KekerFixture("--cache", "0")
{
    [Test]
    public async Task What_may_wait_is_there_at_the_HELLO_and_what_was_replaced_is_not()
    {
        string token = NewToken();
        await using RawClient client = await ConnectAsync();
        await client.SendAsync("PUT", "/v1/publish", "score 1:0", $"Token: {token}", "TTL: 3600", "Collapse-Key: score");
        await client.SendAsync("PUT", "/v1/publish", "a goal", $"Token: {token}", "TTL: 3600");
        await client.SendAsync("PUT", "/v1/publish", "not kept", $"Token: {token}");
        await client.SendAsync("PUT", "/v1/publish", "score 2:0", $"Token: {token}", "TTL: 3600", "Collapse-Key: score");

        (int, string)[] answers = new (int, string)[4];
        for (int i = 0; i < answers.Length; i++)
        {
            RawResponse response = await client.ReadResponseAsync();
            answers[i] = (response.Status, response.Text);
        }
        string stored = $"{{\"message\":\"message stored for recipient {token}\",\"data\":{{\"sessions\":0,\"cached\":1}}}}";
        string dropped = $"{{\"message\":\"recipient {token} not found\",\"data\":{{\"sessions\":0,\"cached\":0}}}}";
        Assert.That(answers, Is.EqualTo(new[] { (202, stored), (202, stored), (404, dropped), (202, stored) }));
        await using RawWebSocket socket = await ConnectWebSocketAsync();
        await socket.SendTextAsync($"HELLO {token}");
        await socket.ExpectTextAsync("a goal");
        await socket.ExpectTextAsync("score 2:0");
    }

    [Test]
    public async Task A_topic_keeps_its_last_value_for_everybody_who_comes()
    {
        string topic = NewToken();
        await using RawClient client = await ConnectAsync();
        async Task PublishAsync(string body, params string[] fields)
        {
            await client.SendAsync("PUT", "/v1/publish", body, [$"Topic: {topic}", .. fields]);
            Assert.That((await client.ReadResponseAsync()).Status, Is.AnyOf(200, 202));
        }
        await PublishAsync("score 1:0", "TTL: 7200", "Collapse-Key: score");
        await PublishAsync("a goal", "TTL: 7200");
        await PublishAsync("score 2:0", "TTL: 7200", "Collapse-Key: score");
        List<RawWebSocket> sockets = [];
        for (int i = 0; i < 3; i++)
        {
            RawWebSocket socket = await ConnectWebSocketAsync();
            sockets.Add(socket);
            await socket.SendTextAsync($"HELLO {NewToken()}");
            await socket.SendTextAsync($"SUBSCRIBE {topic}");
            await socket.ExpectTextAsync("a goal");
            await socket.ExpectTextAsync(i == 0 ? "score 2:0" : "score 3:0");
            if (i == 0)
                await PublishAsync("score 3:0", "TTL: 7200", "Collapse-Key: score");
        }
        await sockets[0].ExpectTextAsync("score 3:0");
        foreach (RawWebSocket socket in sockets)
            await socket.DisposeAsync();
    }

    [Test]
    public async Task Bad_fields_are_400_and_say_what_to_send()
    {
        await using RawClient client = await ConnectAsync();
        foreach ((string header, string message) in new[] { ("TTL: 1.5", "bad TTL header"), ("Collapse-Key:", "bad Collapse-Key header") })
        {
            await client.SendAsync("PUT", "/v1/publish", "", "Token: a", header);
            RawResponse response = await client.ReadResponseAsync();
            Assert.That((response.Status, response.Closes), Is.EqualTo((400, false)));
            Assert.That(response.Message, Does.StartWith(message));
        }
    }
}
