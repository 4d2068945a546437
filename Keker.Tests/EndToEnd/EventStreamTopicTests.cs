using Keker.Protocol.Http;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.EndToEnd;

/// <summary>Event streams of topics, with and without a token.</summary>
internal sealed class EventStreamTopicTests : KekerFixture
{
    private const string Accept = "Accept: text/event-stream";

    [Test]
    public async Task A_token_and_topics_come_in_one_stream_and_one_id_resumes_all_of_them([Values] bool inQuery)
    {
        string token = NewToken();
        string[] topics = [$"a-{token}", $"b-{token}"];
        string query = $"token={token}&topic={topics[0]}&topic={topics[1]}";
        string lastId;
        await using (EventStream first = await OpenAsync(query))
        {
            await first.ReadBlockAsync();
            await PublishAsync("Token", token, "1");
            await PublishAsync("Topic", topics[0], "2");
            await PublishAsync("Topic", topics[1], "3");
            ReceivedEvent[] events = [await first.ReadAsync(), await first.ReadAsync(), await first.ReadAsync()];
            Assert.That(events.Select(received => (received.Type, received.Data)),
                Is.EqualTo(new[] { ("message", "1"), ($"message:{topics[0]}", "2"), ($"message:{topics[1]}", "3") }));
            lastId = events[1].LastId;
        }
        await PublishAsync("Token", token, "4");
        await PublishAsync("Topic", topics[0], "5");

        await using EventStream next = inQuery ? await OpenAsync($"{query}&last_event_id={lastId}") : await OpenAsync(query, $"Last-Event-ID: {lastId}");

        await PublishAsync("Topic", topics[1], "6");
        string[] received = new string[4];
        for (int i = 0; i < received.Length; i++)
        {
            ReceivedEvent one = await next.ReadAsync();
            received[i] = $"{one.Type} {one.Data}";
        }
        Assert.That(received, Is.EquivalentTo(new[] { "message 4", $"message:{topics[0]} 5", $"message:{topics[1]} 3", $"message:{topics[1]} 6" }));
        Assert.That(Array.IndexOf(received, $"message:{topics[1]} 3"), Is.LessThan(Array.IndexOf(received, $"message:{topics[1]} 6")));
    }

    [Test]
    public async Task Topics_alone_need_no_token_and_get_no_broadcast()
    {
        string[] topics = [$"a-{NewToken()}", $"b-{NewToken()}"];
        await using EventStream one = await OpenAsync($"topic={topics[0]}");
        await using EventStream both = await OpenAsync($"topic={topics[0]}&topic={topics[1]}");
        await one.ReadBlockAsync();
        await both.ReadBlockAsync();

        await Backend.BroadcastAsync("all");
        RawResponse answer = await PublishAsync("Topic", topics[0], "1");

        Assert.That(answer.Data.GetProperty("sessions").GetInt32(), Is.EqualTo(2));
        foreach (EventStream stream in new[] { one, both })
        {
            ReceivedEvent received = await stream.ReadAsync();
            Assert.That((received.Type, received.Data), Is.EqualTo(($"message:{topics[0]}", "1")));
        }
    }

    [Test]
    public async Task An_id_from_before_a_restart_is_a_gap_for_each()
    {
        string token = NewToken();
        await using EventStream stream = await OpenAsync($"token={token}&topic=a-{token}", "Last-Event-ID: 1f:3,z:0");

        ReceivedEvent own = await stream.ReadAsync();
        ReceivedEvent topic = await stream.ReadAsync();

        string[] places = topic.LastId.Split(',');
        Assert.That((own.Type, own.Data), Is.EqualTo(("gap", $"1f:3 {places[0]}")));
        Assert.That((topic.Type, topic.Data), Is.EqualTo(($"gap:a-{token}", $"z:0 {places[1]}")));
        Assert.That(own.LastId, Is.EqualTo($"{places[0]},z:0"));
    }

    [Test]
    public async Task A_megabyte_for_a_slow_reader_arrives_whole_between_small_events()
    {
        string token = NewToken();
        string large = new('x', 1_000_000);
        await using RawClient client = await RawClient.ConnectAsync(Keker.EndPoint, receiveBuffer: 4096);
        await using EventStream stream = await OpenAsync(client, $"token={token}&topic=a-{token}");
        await stream.ReadBlockAsync();

        await PublishAsync("Topic", $"a-{token}", large);
        await PublishAsync("Token", token, "small");
        await PublishAsync("Topic", $"a-{token}", "last");

        string[] received = new string[3];
        for (int i = 0; i < received.Length; i++)
            received[i] = (await stream.ReadAsync()).Data;
        Assert.That(received, Is.EquivalentTo(new[] { large, "small", "last" }));
        Assert.That(received[0], Is.EqualTo(large));
    }

    [Test]
    public async Task Nine_topics_are_too_many()
    {
        await using RawClient client = await ConnectAsync();
        string topics = string.Join('&', Enumerable.Range(0, 9).Select(i => $"topic=t{i}"));

        await client.SendAsync(RawClient.Head("GET", $"/v1/subscribe?{topics}", Accept));
        RawResponse answer = await client.ReadResponseAsync();

        Assert.That((answer.Status, answer.Message), Is.EqualTo((400, "too many topics: an event stream has at most 8")));
    }

    [Test]
    public async Task More_of_them_than_a_request_line_holds_are_414()
    {
        await using RawClient client = await ConnectAsync();
        await client.SendAsync(RawClient.Head("GET", $"/v1/subscribe?{new string('&', HttpLimits.MaxRequestLine)}", Accept));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(414));
    }

    private async Task<RawResponse> PublishAsync(string header, string name, string body)
    {
        await using RawClient client = await ConnectAsync();
        await client.SendAsync("POST", "/v1/publish", body, $"{header}: {name}");
        return await client.ReadResponseAsync();
    }

    private async Task<EventStream> OpenAsync(string query, params string[] headers) => await OpenAsync(await ConnectAsync(), query, headers);

    private static async Task<EventStream> OpenAsync(RawClient client, string query, params string[] headers)
    {
        await client.SendAsync(RawClient.Head("GET", $"/v1/subscribe?{query}", [Accept, .. headers]));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        return new EventStream(client);
    }
}
