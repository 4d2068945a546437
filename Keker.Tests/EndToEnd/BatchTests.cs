using System.Globalization;
using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>Many messages in one request.</summary>
internal sealed class BatchTests() : KekerFixture
{
    private const string Published = """{"status":200,"message":"message published","data":{"sessions":1,"cached":0}}""";

    [Test]
    public async Task Every_line_is_answered_in_order_and_a_bad_one_harms_no_other()
    {
        (string one, string two, string absent) = (NewToken(), NewToken(), NewToken());
        await using RawWebSocket first = await JoinAsync(one);
        await using RawWebSocket second = await JoinAsync(two);
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("POST", "/v1/publish/batch", $$"""
            {"token":"{{one}}","data":"a"}
            {"token":"{{one}}","dota":"b"}

            {"token":["{{one}}","{{two}}","{{absent}}"],"base64":"/w=="}
            {"token":"{{absent}}","json":[1, 2],"ttl":60,"collapse_key":"k"}
            {"token":"{{absent}}","json":[3, 4],"ttl":60,"collapse_key":"k"}
            {"token":"{{one}}","data":"c","idempotency_key":"{{one}}"}
            {"token":"{{one}}","data":"c","idempotency_key":"{{one}}"}
            {"token":"{{one}}","data":"d"}
            """);
        string answer = await ReadAnswerAsync(client);

        Assert.That(answer, Is.EqualTo($$$"""
            {{{Published}}}
            {"status":400,"message":"unknown member: dota","data":null}
            {"status":200,"message":"message published","data":{"sessions":2,"cached":1}}
            {"status":202,"message":"message stored for recipient {{{absent}}}","data":{"sessions":0,"cached":1}}
            {"status":202,"message":"message stored for recipient {{{absent}}}","data":{"sessions":0,"cached":1}}
            {{{Published}}}
            {{{Published}}}
            {{{Published}}}

            """));
        await first.ExpectTextAsync("a");
        await first.ExpectAsync(OpCode.Binary, [0xff]);
        await first.ExpectTextAsync("c");
        await first.ExpectTextAsync("d");
        await second.ExpectAsync(OpCode.Binary, [0xff]);
        await using RawWebSocket third = await ConnectWebSocketAsync();
        await third.SendTextAsync($"HELLO {absent}");
        await third.ExpectAsync(OpCode.Binary, [0xff]);
        await third.ExpectTextAsync("[3, 4]");
        await client.SendAsync("POST", "/v1/publish", "e", $"Token: {one}");
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200), "the connection goes on");
        await first.ExpectTextAsync("e");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Twenty_thousand_lines_arrive_in_order(bool chunked)
    {
        const int Count = 20_000;
        string token = NewToken();
        await using RawWebSocket subscriber = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();
        string[] lines = [.. Enumerable.Range(0, Count).Select(i => $"{{\"token\":\"{token}\",\"data\":\"{i}\"}}\n")];

        // Whoever does not read the answers while it sends would have both sides wait for each other.
        Task sending = chunked ? SendChunksAsync(client, string.Concat(lines), 10_007) : client.SendAsync("POST", "/v1/publish/batch", string.Concat(lines));
        Task<string> answer = ReadAnswerAsync(client);
        for (int i = 0; i < Count; i++)
            await subscriber.ExpectTextAsync(i.ToString(CultureInfo.InvariantCulture));
        await sending;

        Assert.That((await answer).Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(Count).And.All.EqualTo(Published));
    }

    [Test]
    public async Task A_slow_sender_has_each_answer_before_it_sends_the_next_line()
    {
        string token = NewToken();
        await using RawWebSocket subscriber = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();
        await client.SendAsync(RawClient.Head("POST", "/v1/publish/batch", "Transfer-Encoding: chunked"));

        for (int i = 0; i < 20; i++)
        {
            foreach (char c in $"{{\"token\":\"{token}\",\"data\":\"{i}\"}}\n")
                await client.SendAsync($"1\r\n{c}\r\n");
            await subscriber.ExpectTextAsync($"{i}");
            if (i == 0)
                Assert.That((await client.ReadResponseAsync()).Header("Transfer-Encoding"), Is.EqualTo("chunked"));
            Assert.That(await ReadChunkAsync(client), Is.EqualTo(Published + "\n"));
        }
        await client.SendAsync("0\r\n\r\n");

        Assert.That(await ReadChunkAsync(client), Is.Empty);
    }

    [Test]
    public async Task What_was_whole_is_published_when_the_connection_breaks()
    {
        string token = NewToken();
        await using RawWebSocket subscriber = await JoinAsync(token);
        await using (RawClient client = await ConnectAsync())
        {
            await client.SendAsync(RawClient.Head("POST", "/v1/publish/batch", "Content-Length: 1000") +
                $"{{\"token\":\"{token}\",\"data\":\"whole\"}}\n{{\"token\":\"{token}\",\"data\":\"half\"}}");
            await subscriber.ExpectTextAsync("whole");
        }

        await Backend.PublishAsync(token, "next");
        await subscriber.ExpectTextAsync("next");
    }

    [Test]
    public async Task A_line_of_many_megabytes_is_skipped_and_the_next_one_published()
    {
        string token = NewToken();
        await using RawWebSocket subscriber = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();

        await client.SendAsync("POST", "/v1/publish/batch", new string('x', 20 << 20) + $"\n{{\"token\":\"{token}\",\"data\":\"next\"}}");

        Assert.That(await ReadAnswerAsync(client), Does.StartWith("{\"status\":413,").And.EndsWith(Published + "\n"));
        await subscriber.ExpectTextAsync("next");
    }

    [Test]
    public async Task A_page_may_not_do_it_without_a_key()
    {
        await using RawClient client = await ConnectAsync();
        await client.SendAsync("POST", "/v1/publish/batch", "", "Origin: https://example.com");
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(403));
    }

    private static async Task SendChunksAsync(RawClient client, string text, int size)
    {
        await client.SendAsync(RawClient.Head("POST", "/v1/publish/batch", "Transfer-Encoding: chunked"));
        foreach (char[] chunk in text.Chunk(size))
            await client.SendAsync($"{chunk.Length:x}\r\n{new string(chunk)}\r\n");
        await client.SendAsync("0\r\n\r\n");
    }

    internal static async Task<string> ReadAnswerAsync(RawClient client)
    {
        RawResponse head = await client.ReadResponseAsync();
        Assert.That((head.Status, head.Header("Content-Type")), Is.EqualTo((200, "application/x-ndjson")));
        var text = new StringBuilder();
        while (await ReadChunkAsync(client) is { Length: > 0 } chunk)
            text.Append(chunk);
        return text.ToString();
    }

    private static async Task<string> ReadChunkAsync(RawClient client)
    {
        var size = new StringBuilder();
        while (await client.ReadByteAsync() is var next and not '\n')
        {
            Assert.That(next, Is.Not.EqualTo(-1), "the connection ended within the answer");
            size.Append((char)next);
        }
        byte[] data = await client.ReadExactlyAsync(int.Parse(size.ToString().TrimEnd('\r'), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 2);
        return Encoding.UTF8.GetString(data, 0, data.Length - 2);
    }
}
