using System.Globalization;
using System.Net;
using System.Text.Json;
using Keker.Protocol.WebSocket;
using Keker.Server.Observability;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>Who is here, and logging out.</summary>
internal sealed class SessionsTests() : KekerFixture("--publish-key", SecretKey)
{
    private const string SecretKey = "sessions-key";

    protected override string? Key => SecretKey;

    [Test]
    public async Task A_list_tells_of_each_session_what_is_known()
    {
        string token = NewToken();
        DateTime before = DateTime.UtcNow.AddSeconds(-2);
        await using RawWebSocket plain = await JoinAsync(token);
        await using RawWebSocket tagged = await RawWebSocket.UpgradeAsync(await ConnectAsync(), protocols: "keker.v2", userAgent: "Phone/1.0 \"é\"");
        await tagged.SendTextAsync($"HELLO {token}");
        string welcome = (await tagged.ReadAsync()).Text;
        await tagged.SendTextAsync("SUBSCRIBE news");
        await tagged.ReadAsync();
        await using EventStream stream = await EventStream.OpenAsync(Keker.EndPoint, token);

        RawResponse answer = await Backend.GetAsync($"/v1/sessions?token={token}");

        Assert.That((answer.Status, answer.Message, answer.Header("Content-Length") is not null), Is.EqualTo((200, "sessions", true)));
        JsonElement[] sessions = [.. answer.Data.GetProperty("sessions").EnumerateArray()];
        Assert.That(answer.Data.GetProperty("count").GetInt32(), Is.EqualTo(3));
        Assert.That(sessions.Select(each => each.GetProperty("mode").GetString()), Is.EquivalentTo(new[] { "plain", "keker.v2", "event-stream" }));
        Assert.That(sessions.Select(each => each.GetProperty("token").GetString()), Is.All.EqualTo(token));
        Assert.That(sessions.Select(each => each.GetProperty("address").GetString()), Is.All.EqualTo("127.0.0.1"));
        JsonElement known = sessions.Single(each => each.GetProperty("mode").GetString() == "keker.v2");
        Assert.That(welcome, Does.StartWith($"WELCOME {known.GetProperty("id").GetString()} "));
        Assert.That(known.GetProperty("user_agent").GetString(), Is.EqualTo("Phone/1.0 \"é\""));
        Assert.That(known.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()), Is.EqualTo(new[] { "news" }));
        DateTime since = DateTime.ParseExact(known.GetProperty("since").GetString()!, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        Assert.That(since, Is.InRange(before, DateTime.UtcNow.AddSeconds(1)));
        Assert.That((await Ids($"topic=news")).Single(), Is.EqualTo(known.GetProperty("id").GetString()));
        Assert.That(await Ids($"token={token}&id={known.GetProperty("id").GetString()}"), Has.Length.EqualTo(1));
        Assert.That(await Ids($"token={NewToken()}"), Is.Empty);
    }

    [Test]
    public async Task Who_is_logged_out_is_told_why_and_is_gone()
    {
        string token = NewToken();
        await using RawWebSocket first = await JoinAsync(token);
        await using RawWebSocket second = await JoinAsync(token);
        await using EventStream stream = await EventStream.OpenAsync(Keker.EndPoint, token);
        await stream.ReadBlockAsync();
        await using RawWebSocket other = await JoinAsync(NewToken());

        RawResponse answer = await Backend.DeleteAsync($"/v1/sessions?token={token}&reason=your%20subscription%20has%20ended");

        Assert.That((answer.Status, answer.Message, answer.Data.GetProperty("sessions").GetInt32()), Is.EqualTo((200, "sessions logged out", 3)));
        Assert.That(await Ids($"token={token}"), Is.Empty);
        await first.ExpectCloseAsync(4403, "your subscription has ended");
        await second.ExpectCloseAsync(4403, "your subscription has ended");
        Assert.That(await stream.ReadBlockAsync(), Does.StartWith("retry: "));
        await stream.ExpectEndAsync();
        Assert.That((await Backend.DeleteAsync($"/v1/sessions?token={token}")).Data.GetProperty("sessions").GetInt32(), Is.Zero);
        await using RawWebSocket again = await JoinAsync(token);
        Assert.That(await Ids($"token={token}"), Has.Length.EqualTo(1), "nothing was said of refusing");
        string hash = LogText.Token(System.Text.Encoding.UTF8.GetBytes(token));
        await Keker.Log.WaitForAsync($"3 sessions of token {hash} logged out by the backend");
    }

    [Test]
    public async Task One_session_can_be_logged_out_by_its_id()
    {
        string token = NewToken();
        await using RawWebSocket first = await JoinAsync(token);
        string id = (await Ids($"token={token}")).Single();
        await using RawWebSocket second = await JoinAsync(token);
        Assert.That((await Backend.DeleteAsync($"/v1/sessions?token={token}&id={id}")).Data.GetProperty("sessions").GetInt32(), Is.EqualTo(1));
        await first.ExpectCloseAsync(4403, "logged out");
        Assert.That((await Ids($"token={token}")).Single(), Is.Not.EqualTo(id));
    }

    [Test]
    public async Task A_token_that_is_refused_does_not_come_in_until_it_is_let_in()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await Backend.DeleteAsync($"/v1/sessions?token={token}&refuse=3600");
        await session.ExpectCloseAsync(4403, "logged out");

        await using RawWebSocket again = await ConnectWebSocketAsync();
        await again.SendTextAsync($"HELLO {token}");
        await again.ExpectCloseAsync(4403, "logged out");
        await using RawClient page = await ConnectAsync();
        await page.SendAsync(RawClient.Head("GET", EventStream.Target(token), "Accept: text/event-stream"));
        Assert.That((await page.ReadResponseAsync()).Status, Is.EqualTo(403));
        Assert.That((await Backend.GetAsync("/v1/stats")).Data.GetProperty("refusedHellos").GetInt64(), Is.EqualTo(2));

        await Backend.DeleteAsync($"/v1/sessions?token={token}&refuse=0");
        await using RawWebSocket back = await JoinAsync(token);
        Assert.That(await Ids($"token={token}"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_long_list_is_streamed_and_many_are_logged_out_at_once()
    {
        string topic = NewToken();
        List<RawWebSocket> all = [];
        for (int i = 0; i < 150; i++)
        {
            RawWebSocket socket = await JoinAsync($"{topic}-{i}");
            await socket.SendAsync([.. ClientFrame.Of(OpCode.Text, $"SUBSCRIBE {topic}"), .. ClientFrame.Of(OpCode.Ping, "in")]);
            await socket.ReadAsync();
            all.Add(socket);
        }
        RawResponse list = await Backend.GetAsync($"/v1/sessions?topic={topic}");
        Assert.That((list.Status, list.Message, list.Header("Transfer-Encoding")), Is.EqualTo((200, "sessions", "chunked")));
        Assert.That(list.Closes);
        Assert.That(list.Data.GetProperty("count").GetInt32(), Is.EqualTo(150));
        Assert.That(
            list.Data.GetProperty("sessions").EnumerateArray().Select(each => each.GetProperty("token").GetString()),
            Is.EquivalentTo(Enumerable.Range(0, 150).Select(i => $"{topic}-{i}")));

        RawResponse done = await Backend.DeleteAsync($"/v1/sessions?topic={topic}&reason=the+match+is+over");
        Assert.That((done.Message, done.Data.GetProperty("sessions").GetInt32()), Is.EqualTo(("sessions logged out", 150)));
        foreach (RawWebSocket socket in all)
        {
            await socket.ExpectCloseAsync(4403, "the+match+is+over");
            await socket.DisposeAsync();
        }
        Assert.That(await Ids($"topic={topic}"), Is.Empty);
    }

    [TestCase("GET", "/v1/sessions", 400)]
    [TestCase("DELETE", "/v1/sessions?topic=a&refuse=1", 400)]
    [TestCase("PUT", "/v1/sessions?token=a", 405)]
    public async Task A_mistake_is_answered(string method, string path, int status)
    {
        await using RawClient client = await ConnectAsync();
        await client.SendAsync(RawClient.Head(method, path, $"Authorization: Bearer {SecretKey}"));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Without_a_key_nobody_sees_tokens_unless_behind_an_admin_address()
    {
        await using KekerProcess open = await KekerProcess.StartAsync();
        using var stranger = new Backend(open.EndPoint);
        Assert.That((await stranger.GetAsync("/v1/sessions?token=a")).Status, Is.EqualTo(403));
        Assert.That((await stranger.DeleteAsync("/v1/sessions?token=a")).Status, Is.EqualTo(403));
        using var wrong = new Backend(Keker.EndPoint) { Key = "wrong" };
        Assert.That((await wrong.DeleteAsync("/v1/sessions?token=a")).Status, Is.EqualTo(401));
        await using KekerProcess split = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0");
        foreach ((IPEndPoint where, int status) in new[] { (split.EndPoint, 404), (split.AdminEndPoints[0], 200) })
        {
            using var backend = new Backend(where);
            Assert.That((await backend.GetAsync("/v1/sessions?token=a")).Status, Is.EqualTo(status));
        }
    }

    private async Task<string[]> Ids(string query)
    {
        RawResponse answer = await Backend.GetAsync($"/v1/sessions?{query}");
        string[] ids = [.. answer.Data.GetProperty("sessions").EnumerateArray().Select(each => each.GetProperty("id").GetString()!)];
        Assert.That(answer.Data.GetProperty("count").GetInt32(), Is.EqualTo(ids.Length));
        return ids;
    }
}
