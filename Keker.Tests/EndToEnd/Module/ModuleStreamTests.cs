namespace Keker.Tests.EndToEnd.Module;

/// <summary>keker.js where a proxy breaks WebSockets.</summary>
[TestFixture("chromium")]
[TestFixture("node")]
internal sealed class ModuleStreamTests(string hostName) : ModuleFixture(hostName)
{
    private const string Connecting = "[\"state\",\"connecting\"]";
    private const string Connected = "[\"state\",\"connected\"]";
    private const string Waiting = "[\"state\",\"waiting\"]";

    [Test]
    public async Task After_three_failures_messages_come_over_an_event_stream()
    {
        await FallBackAsync();
        await Host.ExpectAsync(Connected);
        Assert.That(Proxy.WebSockets, Is.EqualTo(3));
        await PublishAsync("one\n\ntwo", "");
        await Host.ExpectAsync("[\"message\",\"-\",\"one\\n\\ntwo\"]", "[\"message\",\"-\",\"\"]");
        await Backend.PublishAsync(Token, [0xFF, 10, 0]);
        await Host.ExpectAsync("[\"message\",\"-\",[255,10,0]]");
        await Backend.BroadcastAsync("all");
        await Host.ExpectAsync("[\"message\",\"*\",\"all\"]");
        await PublishAsync("ünïcödé");
        await Host.ExpectAsync("[\"message\",\"-\",\"ünïcödé\"]");
    }

    [Test]
    public async Task A_stream_that_breaks_goes_on_exactly_where_it_was()
    {
        await FallBackAsync();
        await Host.ExpectAsync(Connected);
        await PublishAsync("1");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]");
        Proxy.ResetClients();
        string next = await Host.NextAsync();
        if (next.StartsWith("[\"error\",", StringComparison.Ordinal))
            next = await Host.NextAsync();
        Assert.That(next, Is.EqualTo(Waiting));
        await PublishAsync("2", "3");
        await AdvanceAsync(4);
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"2\"]", "[\"message\",\"-\",\"3\"]");
    }

    [Test]
    public async Task Topics_come_over_the_stream_too_and_go_on_where_they_were()
    {
        await FallBackAsync();
        await Host.ExpectAsync(Connected);
        await Host.RunAsync("hear(k, 'match'); clock.advance(0)");
        await Host.ExpectAsync(Connecting, Connected);
        await Backend.WaitForStatAsync("topics", count => count > 0);
        await PublishToAsync("match", "1");
        await Host.ExpectAsync("[\"topic\",\"match\",\"1\"]");
        await PublishAsync("a");
        await Host.ExpectAsync("[\"message\",\"-\",\"a\"]");
        Proxy.ResetClients();
        string next = await Host.NextAsync();
        if (next.StartsWith("[\"error\",", StringComparison.Ordinal))
            next = await Host.NextAsync();
        Assert.That(next, Is.EqualTo(Waiting));
        await PublishToAsync("match", "2", "3");
        await PublishAsync("b");
        await AdvanceAsync(4);
        await Host.ExpectAsync(Connecting, Connected);
        string[] got = [await Host.NextAsync(), await Host.NextAsync(), await Host.NextAsync()];
        Assert.That(got, Is.EquivalentTo(new[] { "[\"topic\",\"match\",\"2\"]", "[\"topic\",\"match\",\"3\"]", "[\"message\",\"-\",\"b\"]" }));
    }

    [Test]
    public async Task A_stream_that_falls_silent_is_opened_again()
    {
        await FallBackAsync();
        await Host.ExpectAsync(Connected);
        Proxy.FallSilent();
        await PublishAsync("1");
        await Host.RunAsync("happen('visibilitychange')");
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"1\"]");
        Proxy.FallSilent();
        await PublishAsync("2");
        await AdvanceAsync(65);
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"2\"]");
    }

    [Test]
    public async Task Later_WebSocket_is_tried_again_and_goes_on_where_the_stream_was()
    {
        await FallBackAsync();
        await Host.ExpectAsync(Connected);
        await PublishAsync("1");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]");
        Proxy.RefusesWebSockets = false;
        for (int i = 0; i < 60; i++)
        {
            await AdvanceAsync(4.9);
            await PublishAsync($"{i}");
            await Host.ExpectAsync($"[\"message\",\"-\",\"{i}\"]");
        }
        Assert.That(Proxy.WebSockets, Is.EqualTo(3));
        await AdvanceAsync(11);
        await Host.ExpectAsync(Connecting, Connected);
        Assert.That(Proxy.WebSockets, Is.EqualTo(4));
        await PublishAsync("last");
        await Host.ExpectAsync("[\"message\",\"-\",\"last\"]");
    }

    [Test]
    public async Task A_token_that_is_refused_over_a_stream_is_told()
    {
        await FallBackAsync("'x'.repeat(513)");
        // Across origins a browser says no more than that; Node brings the answer.
        Assert.That(await Host.NextAsync(), Does.Match("^\\[\"error\",.*(bad token|Failed to fetch)"));
        await Host.ExpectAsync(Waiting);
    }
}
