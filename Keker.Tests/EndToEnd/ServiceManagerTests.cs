using System.Diagnostics;
using System.Globalization;

namespace Keker.Tests.EndToEnd;

/// <summary>What systemd is told (sd_notify), and sockets that it hands over (sd_listen_fds).</summary>
[Platform("Linux")]
internal sealed class ServiceManagerTests
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task It_is_told_of_the_start_a_reload_and_the_end(bool isAbstract)
    {
        using var directory = new TempDirectory();
        using var manager = new NotifyReceiver(isAbstract ? $"@keker-test-{Guid.NewGuid():N}" : directory.File("notify"));
        await using KekerProcess keker = await KekerProcess.StartByAsync(["env", $"NOTIFY_SOCKET={manager.Address}"], "--drain", "7s", "--drain-delay", "1s");

        string[] ready = await manager.ReadStateAsync();
        Assert.That(ready, Is.EqualTo(new[] { "READY=1", $"MAINPID={keker.ProcessId}", $"STATUS=serving on {keker.EndPoint}" }));

        long before = Microseconds();
        keker.Send(Signal.HangUp);
        string[] reloading = await manager.ReadStateAsync();
        Assert.That(reloading[0], Is.EqualTo("RELOADING=1"));
        Assert.That(reloading[1], Does.StartWith("MONOTONIC_USEC="));
        Assert.That(long.Parse(reloading[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture), Is.InRange(before, Microseconds()));
        Assert.That((await manager.ReadStateAsync())[0], Is.EqualTo("READY=1"));

        keker.Send(Signal.Terminate);
        string[] stopping = await manager.ReadStateAsync();
        Assert.That(stopping[0], Is.EqualTo("STOPPING=1"));
        Assert.That(stopping[1], Does.Match(@"^EXTEND_TIMEOUT_USEC=\d+$"));
        Assert.That(long.Parse(stopping[1]["EXTEND_TIMEOUT_USEC=".Length..], CultureInfo.InvariantCulture), Is.GreaterThan(13_000_000), "delay, drain and the time for answers");
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task It_is_told_that_all_is_well_where_it_wants_to_know()
    {
        using var directory = new TempDirectory();
        using var manager = new NotifyReceiver(directory.File("notify"));
        await using KekerProcess keker = await KekerProcess.StartByAsync(["env", $"NOTIFY_SOCKET={manager.Address}", "WATCHDOG_USEC=200000"]);
        Assert.That((await manager.ReadAsync())[0], Is.EqualTo("READY=1"));

        for (int i = 0; i < 5; i++)
            Assert.That(await manager.ReadAsync(), Is.EqualTo(new[] { "WATCHDOG=1" }));
    }

    [Test]
    public async Task Nothing_is_wrong_with_a_manager_that_is_gone()
    {
        using var directory = new TempDirectory();
        await using KekerProcess keker = await KekerProcess.StartByAsync(["env", $"NOTIFY_SOCKET={directory.File("nobody")}"]);
        await keker.Log.WaitForAsync("the service manager cannot be told");
        using var backend = new Backend(keker.EndPoint);
        Assert.That((await backend.GetAsync("/v1/health")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Sockets_that_listen_already_are_served_in_place_of_addresses()
    {
        using var sockets = new InheritedSockets(2);
        await using KekerProcess keker = await KekerProcess.StartByAsync(sockets.Launcher("web:admin"), "--listen", "127.0.0.1:1", "--admin-listen", "127.0.0.1:2");

        Assert.That((keker.EndPoints.Single(), keker.AdminEndPoints.Single()), Is.EqualTo((sockets.EndPoints[0], sockets.EndPoints[1])));
        using var page = new Backend(keker.EndPoint);
        using var backend = new Backend(keker.AdminEndPoints[0]);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        Assert.That((await page.PublishAsync("one", "x")).Status, Is.EqualTo(404));
        Assert.That((await backend.PublishAsync("one", "x")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
        await session.DisposeAsync();

        keker.Send(Signal.Terminate);
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);

        // Who has made the sockets still has them: whoever connects waits for the next process.
        await using RawClient waiting = await RawClient.ConnectAsync(sockets.EndPoints[0]);
        await waiting.SendAsync(RawClient.Head("GET", "/v1/health"));
        await using KekerProcess next = await KekerProcess.StartByAsync(sockets.Launcher("web:admin"));
        Assert.That((await waiting.ReadResponseAsync()).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_unix_socket_is_served_and_its_file_left_to_who_made_it()
    {
        using var sockets = new InheritedSockets(0, unix: 1);
        await using KekerProcess keker = await KekerProcess.StartByAsync(sockets.Launcher("web"));

        await keker.Log.WaitForAsync($"listening on unix:{sockets.Paths[0]}");
        await using (RawClient client = await RawClient.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(sockets.Paths[0])))
        {
            await client.SendAsync(RawClient.Head("GET", "/v1/health"));
            Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        }
        keker.Send(Signal.Terminate);
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
        Assert.That(File.Exists(sockets.Paths[0]));
    }

    [TestCase("3</dev/null")]
    [TestCase("3<&-")]
    public async Task A_descriptor_that_does_not_listen_is_one_line_and_status_1(string redirection)
    {
        using Process process = KekerBinary.Prepare([], "bash", "-c", $"exec {redirection}; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\"");
        process.Start();
        string errors = await process.StandardError.ReadToEndAsync().Soon("kekerd to exit");
        await process.WaitForExitAsync();
        Assert.That((process.ExitCode, errors.Trim().Split('\n').Length), Is.EqualTo((1, 1)), errors);
        Assert.That(errors, Does.StartWith("kekerd: cannot listen on fd:3: "));
    }

    private static long Microseconds() => (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds;
}
