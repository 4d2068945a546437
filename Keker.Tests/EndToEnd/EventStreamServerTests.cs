using System.Text;

namespace Keker.Tests.EndToEnd;

/// <summary>Event streams where the server itself is the matter: its options, its end, slow readers.</summary>
internal sealed class EventStreamServerTests
{
    [Test]
    public async Task Only_pages_of_an_allowed_origin_get_one()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--allow-origin", "https://app.example");
        RawResponse allowed = await AskAsync(keker, "Origin: https://app.example");
        RawResponse refused = await AskAsync(keker, "Origin: https://other.example");
        RawResponse none = await AskAsync(keker);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(allowed.Status, Is.EqualTo(200));
            Assert.That(allowed.Header("Access-Control-Allow-Origin"), Is.EqualTo("https://app.example"));
            Assert.That(allowed.Header("Vary"), Is.EqualTo("Origin"));
            Assert.That(refused.Status, Is.EqualTo(403));
            Assert.That(none.Status, Is.EqualTo(200), "no browser, no origin");
            Assert.That(none.Header("Access-Control-Allow-Origin"), Is.Null);
        }
    }

    [Test]
    public async Task A_page_can_read_why_it_is_refused()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--allow-origin", "https://app.example");
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
        await client.SendAsync(RawClient.Head("GET", "/v1/subscribe?topic=*", "Accept: text/event-stream", "Origin: https://app.example"));
        RawResponse mistaken = await client.ReadResponseAsync();
        await client.SendAsync(RawClient.Head("GET", "/v1/nothing", "Origin: https://app.example"));
        RawResponse next = await client.ReadResponseAsync();
        RawResponse stranger = await AskAsync(keker, "Origin: https://other.example");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(mistaken.Status, Is.EqualTo(400));
            Assert.That(mistaken.Header("Access-Control-Allow-Origin"), Is.EqualTo("https://app.example"));
            Assert.That(mistaken.Header("Vary"), Is.EqualTo("Origin"));
            Assert.That(next.Header("Access-Control-Allow-Origin"), Is.Null, "what is not for pages is not for pages");
            Assert.That(stranger.Header("Access-Control-Allow-Origin"), Is.Null);
        }
    }

    [Test]
    public async Task It_is_kept_alive_by_comments()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--timeout", "2");
        await using EventStream stream = await EventStream.OpenAsync(keker.EndPoint, "t");

        await stream.ReadBlockAsync();

        Assert.That(await stream.ReadBlockAsync(), Is.EqualTo(": keep-alive\n\n"));
        Assert.That(await stream.ReadBlockAsync(), Is.EqualTo(": keep-alive\n\n"), "it is alive: its machine acknowledges");
    }

    [Test]
    public async Task At_the_end_of_the_server_it_gets_all_there_is_and_when_to_come_back()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        await using EventStream stream = await EventStream.OpenAsync(keker.EndPoint, "t", receiveBuffer: 4096);
        string text = new('x', 100_000);
        await backend.PublishAsync("t", text);
        await backend.PublishAsync("t", "last");

        keker.Send(Signal.Terminate);

        await stream.ExpectAsync(text);
        await stream.ExpectAsync("last");
        Assert.That(await stream.ReadBlockAsync(), Does.Match("^retry: [1-5][0-9]{3}\n\n$"));
        await stream.ExpectEndAsync();
        await stream.DisposeAsync();
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task One_that_does_not_read_is_closed_and_delays_nobody()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        await using EventStream healthy = await EventStream.OpenAsync(keker.EndPoint, "t");
        await using EventStream slow = await EventStream.OpenAsync(keker.EndPoint, "t", receiveBuffer: 4096);
        byte[] padding = Encoding.ASCII.GetBytes(new string('x', 100_000));

        for (int i = 0; (await backend.GetAsync("/v1/stats")).Data.GetProperty("slowConsumers").GetInt64() == 0; i++)
        {
            Assert.That(i, Is.LessThan(2000), "the slow one is never closed");
            await backend.PublishAsync("t", [.. Encoding.ASCII.GetBytes($"{i:00000} "), .. padding]);
            Assert.That((await healthy.ReadAsync()).Data[..5], Is.EqualTo($"{i:00000}"));
        }

        await backend.WaitForStatAsync("sessions", count => count == 1);
        await backend.PublishAsync("t", "after");
        await healthy.ExpectAsync("after");
        await slow.DrainAsync();
    }

    private static async Task<RawResponse> AskAsync(KekerProcess keker, params string[] headers)
    {
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
        await client.SendAsync(RawClient.Head("GET", EventStream.Target("t"), ["Accept: text/event-stream", .. headers]));
        return await client.ReadResponseAsync();
    }
}
