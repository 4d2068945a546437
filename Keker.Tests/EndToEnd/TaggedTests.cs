using Keker.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>Sub-protocol <c>keker.v2</c>: ids before payloads, exact resumption, and never a silent hole.</summary>
internal sealed class TaggedTests() : KekerFixture("--cache-size", "2000", "--write-buffer", "4000", "--compression", "on")
{
    [Test]
    public async Task It_is_chosen_when_it_is_offered_and_excludes_compression()
    {
        await using RawWebSocket socket = await RawWebSocket.UpgradeAsync(await ConnectAsync(), "permessage-deflate", protocols: "mqtt, keker.v2");
        Assert.That((socket.Protocol, socket.Extensions), Is.EqualTo(("keker.v2", (string?)null)));
        await using RawWebSocket other = await RawWebSocket.UpgradeAsync(await ConnectAsync(), "permessage-deflate", protocols: "mqtt");
        Assert.That(other.Protocol, Is.Null);
        Assert.That(other.Extensions, Is.Not.Null);
    }

    [Test]
    public async Task HELLO_is_welcomed_and_messages_carry_id_and_topic()
    {
        string token = NewToken();
        await using RawWebSocket socket = await HelloAsync(token);
        await Backend.PublishAsync(token, "first");
        await Backend.PublishAsync(token, [0xFF, 0xFE]);
        string[] first = (await socket.ReadAsync()).Text.Split('\n');
        Assert.That(first[1], Is.EqualTo("first"));
        Assert.That(first[0], Does.Match("^MSG [0-9a-f]+:1 -$"));
        ServerFrame second = await socket.ReadAsync();
        Assert.That(second.OpCode, Is.EqualTo(OpCode.Binary));
        Assert.That(second.Payload, Is.EqualTo((byte[])[.. System.Text.Encoding.ASCII.GetBytes(first[0].Replace(":1 ", ":2 ", StringComparison.Ordinal)), (byte)'\n', 0xFF, 0xFE]));
        await Backend.BroadcastAsync("all");
        Assert.That((await socket.ReadAsync()).Text, Does.Match("^MSG [0-9a-f]+:[0-9]+ \\*\nall$"));
    }

    [Test]
    public async Task Who_names_the_last_id_it_has_gets_exactly_what_follows()
    {
        string token = NewToken();
        string id;
        await using (RawWebSocket socket = await HelloAsync(token))
        {
            foreach (string text in (string[])["1", "2", "3"])
                await Backend.PublishAsync(token, text);
            id = IdOf(await socket.ReadAsync());
        }
        await Backend.PublishAsync(token, "4");
        await using RawWebSocket next = await HelloAsync(token, id);
        Assert.That(new[] { await PayloadAsync(next), await PayloadAsync(next), await PayloadAsync(next) }, Is.EqualTo(new[] { "2", "3", "4" }));
    }

    [Test]
    public async Task What_has_left_the_log_is_told_as_a_gap()
    {
        string token = NewToken();
        string id;
        await using (RawWebSocket socket = await HelloAsync(token))
        {
            await Backend.PublishAsync(token, "1");
            id = IdOf(await socket.ReadAsync());
        }
        for (int i = 2; i <= 5; i++)
            await Backend.PublishAsync(token, $"{i}".PadRight(900));
        await using RawWebSocket next = await HelloAsync(token, id, welcomed: false);
        Assert.That((await next.ReadAsync()).Text, Does.StartWith("WELCOME "));
        string gap = (await next.ReadAsync()).Text;
        string firstThere = IdOf(await next.ReadAsync());
        string before = $"{firstThere.Split(':')[0]}:{long.Parse(firstThere.Split(':')[1]) - 1}";
        Assert.That(gap, Is.EqualTo($"GAP - {id} {before}"));
    }

    [Test]
    public async Task An_id_of_another_life_is_told_as_a_gap()
    {
        string token = NewToken();
        await using RawWebSocket socket = await HelloAsync(token, "abc:7", welcomed: false);
        Assert.That((await socket.ReadAsync()).Text, Does.StartWith("WELCOME "));
        Assert.That((await socket.ReadAsync()).Text, Does.Match("^GAP - abc:7 [0-9a-f]+:0$"));
    }

    [Test]
    public async Task A_mistake_is_answered_and_the_connection_goes_on()
    {
        await using RawWebSocket socket = await HelloAsync(NewToken());
        (string Command, string Code)[] mistakes =
        [
            ("what", "bad-command"), ("SUBSCRIBE", "bad-command"), ("SUBSCRIBE *", "bad-topic"), ("SUBSCRIBE t 1", "bad-id"), ("UNSUBSCRIBE t", "not-subscribed"),
        ];
        foreach ((string command, string code) in mistakes)
        {
            await socket.SendTextAsync(command);
            Assert.That((await socket.ReadAsync()).Text, Does.StartWith($"ERR {code} "), command);
        }
        await socket.SendTextAsync("SUBSCRIBE t");
        Assert.That((await socket.ReadAsync()).Text, Does.Match("^OK SUBSCRIBE t [0-9a-f]+:0$"));
        await socket.SendTextAsync("UNSUBSCRIBE t");
        await socket.ExpectTextAsync("OK UNSUBSCRIBE t");
    }

    [Test]
    public async Task Who_was_welcomed_and_got_nothing_can_resume_from_the_id_of_the_welcome()
    {
        string token = NewToken();
        await Backend.PublishAsync(token, "taken by another one");
        await using (RawWebSocket other = await HelloAsync(token))
            await other.ReadAsync();
        string id;
        await using (RawWebSocket socket = await HelloAsync(token, welcomed: false))
            id = (await socket.ReadAsync()).Text.Split(' ')[2];
        await Backend.PublishAsync(token, "first");
        await Backend.PublishAsync(token, "second");

        await using RawWebSocket next = await HelloAsync(token, id);
        string first = (await next.ReadAsync()).Text;
        while (first.EndsWith("another one", StringComparison.Ordinal))
            first = (await next.ReadAsync()).Text;
        Assert.That(first, Does.EndWith("\nfirst"));
        Assert.That((await next.ReadAsync()).Text, Does.EndWith("\nsecond"));
    }

    [Test]
    public async Task A_PING_is_answered_with_its_word()
    {
        await using RawWebSocket socket = await HelloAsync(NewToken());
        await socket.SendTextAsync("PING");
        await socket.ExpectTextAsync("PONG");
        await socket.SendTextAsync("PING one");
        await socket.ExpectTextAsync("PONG one");
        await socket.SendTextAsync($"PING {new string('x', 126)}");
        Assert.That((await socket.ReadAsync()).Text, Does.StartWith("ERR bad-command "));
    }

    [Test]
    public async Task A_PING_before_HELLO_closes()
    {
        await using RawWebSocket socket = await RawWebSocket.UpgradeAsync(await ConnectAsync(), protocols: "keker.v2");
        await socket.SendTextAsync("PING");
        await socket.ExpectCloseAsync(CloseCode.PolicyViolation);
    }

    [Test]
    public async Task A_HELLO_with_an_id_that_is_none_is_told_so_and_counts_as_one_without()
    {
        string token = NewToken();
        await Backend.PublishAsync(token, "cached");
        await using RawWebSocket socket = await HelloAsync(token, "nonsense", welcomed: false);
        Assert.That((await socket.ReadAsync()).Text, Does.StartWith("ERR bad-id "));
        Assert.That((await socket.ReadAsync()).Text, Does.StartWith("WELCOME "));
        Assert.That((await socket.ReadAsync()).Text, Does.Match("^MSG [0-9a-f]+:1 -\ncached$"));
        await Backend.PublishAsync(token, "live");
        Assert.That((await socket.ReadAsync()).Text, Does.EndWith("\nlive"));
    }

    [Test]
    public async Task More_topics_than_a_session_may_have_are_refused()
    {
        await using RawWebSocket socket = await HelloAsync(NewToken());
        for (int i = 0; i <= 100; i++)
        {
            await socket.SendTextAsync($"SUBSCRIBE many-{i}");
            Assert.That((await socket.ReadAsync()).Text, Does.StartWith(i < 100 ? "OK SUBSCRIBE " : "ERR too-many-topics "));
        }
    }

    private static string IdOf(ServerFrame message) => message.Text.Split(' ')[1];

    private static async Task<string> PayloadAsync(RawWebSocket socket) => (await socket.ReadAsync()).Text.Split('\n')[1];

    private async Task<RawWebSocket> HelloAsync(string token, string? id = null, bool welcomed = true)
    {
        RawWebSocket socket = await RawWebSocket.UpgradeAsync(await ConnectAsync(), protocols: "keker.v2");
        await socket.SendTextAsync(id is null ? $"HELLO {token}" : $"HELLO {token} {id}");
        if (welcomed)
            Assert.That((await socket.ReadAsync()).Text, Does.Match("^WELCOME [0-9a-f]+ [0-9a-f]+:[0-9]+$"));
        return socket;
    }
}
