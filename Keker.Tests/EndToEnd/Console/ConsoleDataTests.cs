using System.Text.Json;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.EndToEnd.Console;

/// <summary>What the page asks for, and that whoever watches is nobody to all others.</summary>
internal sealed class ConsoleDataTests() : KekerFixture("--publish-key", SecretKey)
{
    private const string SecretKey = "console-key-0123456789";

    private static readonly string[] Columns = ["time", "published", "delivered", "sessions", "connections", "p50", "p99", "memory", "refusals", "slow", "lost", "errors"];

    protected override string? Key => SecretKey;

    [Test]
    public async Task Samples_come_live_and_are_remembered()
    {
        await using EventStream live = await OpenLiveAsync();
        JsonElement[] samples = [await ReadSampleAsync(live), await ReadSampleAsync(live)];

        long[] times = [.. samples.Select(sample => sample.GetProperty("sample")[0].GetInt64())];
        Assert.That(times[1], Is.GreaterThan(times[0]));
        Assert.That(samples[0].GetProperty("figures").GetProperty("draining").GetBoolean(), Is.False);
        JsonElement history = (await Backend.GetAsync("/v1/console/history")).Data;
        Assert.That(history.GetProperty("columns").EnumerateArray().Select(column => column.GetString()), Is.EqualTo(Columns));
        Assert.That(history.GetProperty("samples").EnumerateArray().Select(sample => sample[0].GetInt64()), Is.SupersetOf(times));
        JsonElement later = (await Backend.GetAsync($"/v1/console/history?after={times[0]}")).Data;
        long[] laterTimes = [.. later.GetProperty("samples").EnumerateArray().Select(sample => sample[0].GetInt64())];
        Assert.That(laterTimes, Is.All.GreaterThan(times[0]));
        Assert.That(laterTimes, Does.Contain(times[1]));
    }

    [Test]
    public async Task Who_watches_is_in_no_list_and_in_no_number()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", SecretKey);
        using var backend = new Backend(keker.EndPoint) { Key = SecretKey };
        await using EventStream live = await OpenAsync(await RawClient.ConnectAsync(keker.EndPoint), "live");
        await ReadSampleAsync(live);
        RawResponse broadcast = await backend.BroadcastAsync("to all");
        await ReadSampleAsync(live);

        JsonElement stats = (await backend.GetAsync("/v1/stats")).Data;
        foreach (string name in new[] { "sessions", "recipients", "topics", "delivered", "brokenPositions" })
            Assert.That(stats.GetProperty(name).GetInt64(), Is.Zero, name);
        Assert.That((broadcast.Data.GetProperty("recipients").GetInt32(), broadcast.Data.GetProperty("sessions").GetInt32()), Is.EqualTo((0, 0)));
        Assert.That((await backend.GetAsync("/v1/stats/sessions")).Data.GetProperty("tokens").GetArrayLength(), Is.Zero);
        Assert.That((await backend.GetAsync("/v1/sessions?topic=the%20console%27s%20samples")).Status, Is.EqualTo(400), "no client can name the topic");
    }

    [Test]
    public async Task A_session_shows_where_it_stands()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        session.AnswersPings = false;
        await Backend.PublishAsync(token, "12345");
        await session.ExpectTextAsync("12345");
        Assert.That((await session.ReadAsync()).OpCode, Is.EqualTo(OpCode.Ping), "what was sent is asked for");

        JsonElement list = (await Backend.GetAsync($"/v1/console/sessions?token={token}")).Data;
        string id = list.GetProperty("sessions")[0].GetProperty("id").GetString()!;
        JsonElement one = (await Backend.GetAsync($"/v1/console/sessions?token={token}&id={id}")).Data.GetProperty("sessions")[0];

        Assert.That(list.GetProperty("topic").GetProperty("sessions").GetInt32(), Is.EqualTo(1));
        Assert.That(one.GetProperty("unansweredSince").GetDouble(), Is.EqualTo(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).Within(60));
        JsonElement own = one.GetProperty("subscriptions")[0];
        Assert.That(
            (own.GetProperty("kind").GetString(), own.GetProperty("name").GetString(), own.GetProperty("cursor").GetInt64(), own.GetProperty("confirmed").GetInt64(), own.GetProperty("head").GetInt64()),
            Is.EqualTo(("token", token, 1L, 0L, 1L)));
        Assert.That(one.GetProperty("subscriptions")[1].GetProperty("kind").GetString(), Is.EqualTo("broadcast"));
    }

    [Test]
    public async Task A_watcher_of_a_topic_leaves_nothing_behind()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", SecretKey);
        using var backend = new Backend(keker.EndPoint) { Key = SecretKey };
        await using (EventStream stream = await OpenAsync(await RawClient.ConnectAsync(keker.EndPoint), "watch?topic=match-17"))
        {
            await backend.PublishToTopicAsync("match-17", "2:1");
            ReceivedEvent received = await stream.ReadAsync();
            Assert.That((received.Type, received.Data), Is.EqualTo(("message:match-17", "2:1")));
            Assert.That((await backend.GetAsync("/v1/stats")).Data.GetProperty("sessions").GetInt64(), Is.Zero);
        }

        await backend.WaitForStatAsync("topics", count => count == 0);
        Assert.That((await backend.GetAsync("/v1/stats")).Data.GetProperty("brokenPositions").GetInt64(), Is.Zero);
    }

    private async Task<EventStream> OpenLiveAsync() => await OpenAsync(await ConnectAsync(), "live");

    private static async Task<EventStream> OpenAsync(RawClient client, string what)
    {
        await client.SendAsync(RawClient.Head("GET", $"/v1/console/{what}", $"Authorization: Bearer {SecretKey}", "Accept: text/event-stream"));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        return new EventStream(client);
    }

    private static async Task<JsonElement> ReadSampleAsync(EventStream live) => JsonDocument.Parse((await live.ReadAsync()).Data).RootElement;
}
