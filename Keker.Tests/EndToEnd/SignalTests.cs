using System.Net.Sockets;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

internal sealed class SignalTests
{
    [TestCase(Signal.Terminate)]
    [TestCase(Signal.Interrupt)]
    public async Task It_says_goodbye_to_every_session_and_ends_with_status_0(Signal signal)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        List<RawWebSocket> sessions = [];
        for (int i = 0; i < 20; i++)
            sessions.Add(await RawWebSocket.JoinAsync(keker.EndPoint, $"token-{i % 3}"));
        await using RawWebSocket silent = await RawWebSocket.ConnectAsync(keker.EndPoint);

        keker.Send(signal);

        foreach (RawWebSocket session in sessions.Append(silent))
        {
            await session.ExpectCloseAsync(1001);
            await session.DisposeAsync();
        }
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
        Assert.That(keker.Log.Text, Does.EndWith("stopped").Or.Contains("stopped\n"));
    }

    [Test]
    public async Task What_was_published_before_the_end_is_delivered_before_the_goodbye()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one", receiveBuffer: 4096);
        string text = new('x', 1 << 20);
        await backend.PublishAsync("one", text);
        await backend.PublishAsync("one", text);

        keker.Send(Signal.Terminate);

        await session.ExpectTextAsync(text);
        await session.ExpectTextAsync(text);
        await session.ExpectCloseAsync(1001);
        await session.DisposeAsync();
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task Nobody_new_is_let_in_and_a_request_under_way_is_finished()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        await using RawClient publisher = await RawClient.ConnectAsync(keker.EndPoint);
        await publisher.SendAsync(RawClient.Head("PUT", "/v1/publish", "Token: one", "Content-Length: 4", "Expect: 100-continue"));
        Assert.That((await publisher.ReadResponseAsync()).Status, Is.EqualTo(100));
        await using RawClient checker = await RawClient.ConnectAsync(keker.EndPoint);
        await checker.SendAsync("GET /v1/health HTTP/1.1\r\n");

        keker.Send(Signal.Terminate);
        await keker.Log.WaitForAsync("draining");
        Assert.That(async () => await RawClient.ConnectAsync(keker.EndPoint), Throws.InstanceOf<SocketException>());
        await publisher.SendAsync("last");
        await checker.SendAsync("Host: a\r\n\r\n");

        RawResponse published = await publisher.ReadResponseAsync();
        RawResponse health = await checker.ReadResponseAsync();
        Assert.That(published.Status, Is.AnyOf(200, 404), "the session may have been closed just before");
        Assert.That((health.Status, health.Closes), Is.EqualTo((503, true)));
        Assert.That(health.Header("Retry-After"), Is.Not.Null);
        await publisher.DisposeAsync();
        await checker.DisposeAsync();
        await session.DisposeAsync();
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--drain", "1h");
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        await using RawClient publisher = await RawClient.ConnectAsync(keker.EndPoint);
        await publisher.SendAsync(RawClient.Head("PUT", "/v1/publish", "Token: one", "Content-Length: 4", "Expect: 100-continue"));
        Assert.That((await publisher.ReadResponseAsync()).Status, Is.EqualTo(100));

        // It waits for the body that never comes, and for the session to answer its Close.
        keker.Send(Signal.Terminate);
        await keker.Log.WaitForAsync("draining");
        keker.Send(Signal.Terminate);

        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task A_signal_without_a_meaning_ends_nothing()
    {
        // USR1, USR2, STKFLT, VTALRM, PROF, IO and PWR of Linux; USR1, USR2, VTALRM and PROF of macOS.
        int[] others = OperatingSystem.IsLinux() ? [10, 12, 16, 26, 27, 29, 30] : [30, 31, 26, 27];
        Signal[] signals = [Signal.Quit, Signal.Pipe, Signal.Alarm, .. others.Select(number => (Signal)number)];
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");

        for (int i = 0; i < 3; i++)
        {
            foreach (Signal signal in signals)
            {
                keker.Send(signal);
                Assert.That((await backend.PublishAsync("one", $"{signal}")).Status, Is.EqualTo(200));
                await session.ExpectTextAsync($"{signal}");
            }
        }

        string[] lines = await keker.Log.WaitForAsync("has no meaning here", signals.Length - 1);
        Assert.That(lines, Has.Length.EqualTo(signals.Length - 1), "each is said once, and PIPE not at all");
        Assert.That(keker.HasExited, Is.False);
    }

    [Test]
    public async Task Hanging_up_reads_the_keys_again_and_keeps_the_old_ones_when_it_cannot()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("key"), "old");
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", $"@{directory.File("key")}");
        using var old = new Backend(keker.EndPoint) { Key = "old" };
        using var renewed = new Backend(keker.EndPoint) { Key = "new" };

        await File.WriteAllTextAsync(directory.File("key"), "new");
        keker.Send(Signal.HangUp);
        await keker.Log.WaitForAsync("keys reloaded");
        Assert.That((await old.BroadcastAsync("x")).Status, Is.EqualTo(401));
        Assert.That((await renewed.BroadcastAsync("x")).Status, Is.EqualTo(200));

        File.Delete(directory.File("key"));
        keker.Send(Signal.HangUp);
        await keker.Log.WaitForAsync("keys not reloaded");
        Assert.That((await renewed.BroadcastAsync("x")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Hanging_up_without_a_certificate_changes_nothing()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");

        keker.Send(Signal.HangUp);

        Assert.That((await backend.PublishAsync("one", "x")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
        await session.SendAsync(ClientFrame.Of(OpCode.Ping, "x"));
        Assert.That((await session.ReadAsync()).OpCode, Is.EqualTo(OpCode.Pong));
    }
}
