namespace Keker.Tests.EndToEnd;

/// <summary>Several recipients of one publish.</summary>
internal sealed class RecipientsTests() : KekerFixture
{
    [Test]
    public async Task One_request_reaches_every_token_it_names_and_waits_for_the_absent()
    {
        (string one, string two, string absent) = (NewToken(), NewToken(), NewToken());
        await using RawWebSocket first = await JoinAsync(one);
        await using RawWebSocket second = await JoinAsync(two);
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("POST", "/v1/publish", "to all", $"Token: {one}", $"Token: {two}", $"Token: {absent}", $"Token: {one}");
        RawResponse response = await client.ReadResponseAsync();

        Assert.That((response.Status, response.Text), Is.EqualTo((200, """{"message":"message published","data":{"sessions":2,"cached":1}}""")));
        await first.ExpectTextAsync("to all");
        await second.ExpectTextAsync("to all");
        await using RawWebSocket third = await ConnectWebSocketAsync();
        await third.SendTextAsync($"HELLO {absent}");
        await third.ExpectTextAsync("to all");
    }

    [Test]
    public async Task Sixty_recipients_are_none_too_many()
    {
        string[] tokens = [.. Enumerable.Range(0, 60).Select(_ => NewToken())];
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("POST", "/v1/publish", "x", [.. tokens.Select(token => $"Token: {token}")]);

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Text), Is.EqualTo((404, """{"message":"no recipient found","data":{"sessions":0,"cached":60}}""")));
    }

    [Test]
    public async Task A_topic_without_subscribers_is_named_in_the_answer()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("POST", "/v1/publish", "x", "Topic: lonely");

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Message), Is.EqualTo((404, "topic lonely has no subscribers")));
        await Backend.WaitForStatAsync("topics", topics => topics == 1);
    }
}
