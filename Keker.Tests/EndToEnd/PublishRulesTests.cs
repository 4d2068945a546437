namespace Keker.Tests.EndToEnd;

internal sealed class PublishRulesTests() : KekerFixture("--write-buffer", "1000")
{
    [Test]
    public async Task Without_a_recipient_or_with_a_bad_one_it_is_400()
    {
        await using RawClient client = await ConnectAsync();
        await client.SendAsync("PUT", "/v1/publish", "");
        await client.SendAsync("PUT", "/v1/publish", "", "Token: two words");
        await client.SendAsync("PUT", "/v1/publish", "", "Token:");
        await client.SendAsync("PUT", "/v1/publish", "", "Token: " + new string('x', 513));
        await client.SendAsync("PUT", "/v1/publish", "", "Token: a", "Token: b c");
        foreach (string name in new[] { "", "two words", "-", "*", new string('x', 513) })
            await client.SendAsync("PUT", "/v1/publish", "", "Token: a", $"Topic: {name}");

        foreach (string message in (string[])["no Token header", .. Enumerable.Repeat("bad Token header", 4), .. Enumerable.Repeat("bad Topic header", 5)])
        {
            RawResponse response = await client.ReadResponseAsync();
            Assert.That(response.Status, Is.EqualTo(400));
            Assert.That(response.Message, Does.StartWith(message));
            Assert.That(response.Closes, Is.False, "there was no body to skip");
        }
    }

    [Test]
    public async Task A_body_that_nobody_will_read_ends_the_connection_after_the_answer()
    {
        await using RawClient client = await ConnectAsync();

        // The body looks like a request: it must not become one.
        await client.SendAsync("PUT", "/v1/publish", RawClient.Head("GET", "/v1/health"));

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Closes), Is.EqualTo((400, true)));
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task A_body_over_the_write_buffer_is_413_from_its_head_alone()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("PUT", "/v1/publish", "Token: a", "Content-Length: 1001", "Expect: 100-continue"));

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Closes), Is.EqualTo((413, true)));
        Assert.That(response.Message, Does.Contain("--write-buffer"));
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task A_chunked_body_over_the_write_buffer_is_413_from_the_size_of_its_chunk()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("PUT", "/v1/publish", "Token: a", "Transfer-Encoding: chunked") + "3\r\nabc\r\n3E6\r\n");

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Closes), Is.EqualTo((413, true)));
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task A_body_of_exactly_the_write_buffer_passes()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);

        RawResponse plain = await Backend.PublishAsync(token, new string('x', 1000));
        RawResponse chunked = await Backend.PublishAsync(token, new byte[1000], chunked: true);

        Assert.That((plain.Status, chunked.Status), Is.EqualTo((200, 200)));
        Assert.That((await session.ReadAsync()).Payload, Has.Length.EqualTo(1000));
        Assert.That((await session.ReadAsync()).Payload, Has.Length.EqualTo(1000));
    }

    [TestCase("Content-Length: 4", "body")]
    [TestCase("Transfer-Encoding: chunked", "4\r\nbody\r\n0\r\n\r\n")]
    public async Task A_client_that_waits_for_100_is_told_to_go_on(string framing, string body)
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("PUT", "/v1/publish", $"Token: {token}", framing, "Expect: 100-continue"));
        RawResponse interim = await client.ReadResponseAsync();
        await client.SendAsync(body);

        Assert.That((interim.Status, interim.Headers.Count), Is.EqualTo((100, 0)));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("body");
    }

    [Test]
    public async Task No_100_is_sent_when_the_body_is_there_already_or_the_client_speaks_10()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("PUT", "/v1/publish", "body", "Token: nobody", "Expect: 100-continue");
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(404));

        await client.SendAsync("PUT /v1/publish HTTP/1.0\r\nToken: nobody\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        await client.SendAsync("body");
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Any_other_expectation_is_417()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("PUT", "/v1/publish", "Token: a", "Content-Length: 4", "Expect: a-miracle"));

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Closes), Is.EqualTo((417, true)));
    }

    [Test]
    public async Task A_publish_that_ends_before_its_body_does_not_exist()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await using (RawClient client = await ConnectAsync())
        {
            await client.SendAsync(RawClient.Head("PUT", "/v1/publish", $"Token: {token}", "Content-Length: 100") + "half of it");
            client.FinishSending();
            await client.ExpectEndAsync();
        }
        await using (RawClient client = await ConnectAsync())
        {
            await client.SendAsync(RawClient.Head("PUT", "/v1/publish", $"Token: {token}", "Transfer-Encoding: chunked") + "4\r\nhalf\r\n");
            client.FinishSending();
            await client.ExpectEndAsync();
        }

        await Backend.PublishAsync(token, "whole");

        await session.ExpectTextAsync("whole");
    }

    [Test]
    public async Task A_cached_message_may_be_too_large_to_keep()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--cache-size", "100");
        await using KekerProcess off = await KekerProcess.StartAsync("--cache", "0");
        using var backend = new Backend(keker.EndPoint);
        using var withoutCache = new Backend(off.EndPoint);

        RawResponse[] responses =
        [
            await backend.PublishAsync("a", new string('x', 101)),
            await backend.PublishAsync("a", new string('x', 100)),
            await withoutCache.PublishAsync("a", "x"),
        ];

        Assert.That(responses.Select(response => response.Status), Is.All.EqualTo(404));
        Assert.That(responses.Select(response => response.Data.GetProperty("cached").GetInt32()), Is.EqualTo(new[] { 0, 1, 0 }));
    }
}
