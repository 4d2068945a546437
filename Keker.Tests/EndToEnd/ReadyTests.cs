namespace Keker.Tests.EndToEnd;

/// <summary>Who wants traffic, and the delay in which it says no.</summary>
internal sealed class ReadyTests
{
    [Test]
    public async Task Ready_is_served_everywhere_without_a_key()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0", "--publish-key", "a-key-of-more-than-16");
        foreach (System.Net.IPEndPoint endPoint in keker.EndPoints.Concat(keker.AdminEndPoints))
        {
            using var backend = new Backend(endPoint);
            RawResponse answer = await backend.GetAsync("/v1/ready");
            Assert.That((answer.Status, answer.Message), Is.EqualTo((200, "ready")));
        }
    }

    [Test]
    public async Task After_the_delay_everything_ends()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--drain-delay", "100ms");
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");

        keker.Send(Signal.Terminate);

        await session.ExpectCloseAsync(1001);
        await session.DisposeAsync();
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task In_the_delay_everything_else_goes_on_and_a_second_signal_ends_it_at_once()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--drain-delay", "1h");
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");

        keker.Send(Signal.Terminate);
        await keker.Log.WaitForAsync("stopping in 1h");

        RawResponse ready = await backend.GetAsync("/v1/ready");
        Assert.That((ready.Status, ready.Message, ready.Header("Retry-After")), Is.EqualTo((503, "stopping", "1")));
        Assert.That((await backend.GetAsync("/v1/health")).Status, Is.EqualTo(200));
        await using RawWebSocket newcomer = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        Assert.That((await backend.PublishAsync("one", "x")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
        await newcomer.ExpectTextAsync("x");

        keker.Send(Signal.Terminate);
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }
}
