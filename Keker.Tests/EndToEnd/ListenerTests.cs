using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Keker.Tests.EndToEnd;

internal sealed class ListenerTests
{
    [Test]
    public async Task A_Unix_socket_serves_everything_and_its_file_goes_at_the_end()
    {
        using var directory = new TempDirectory();
        string path = directory.File("keker.sock");
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", $"unix:{path}");

        await ExpectServiceAsync(path);
        keker.Send(Signal.Terminate);

        Assert.That(await keker.WaitForExitAsync(), Is.Zero);
        Assert.That(File.Exists(path), Is.False);
    }

    [TestCase("0660", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    [TestCase("600", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [UnsupportedOSPlatform("windows")]
    public async Task A_Unix_socket_has_the_mode_that_is_asked_for(string mode, UnixFileMode expected)
    {
        using var directory = new TempDirectory();
        string path = directory.File("keker.sock");
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", $"unix:{path},mode={mode}");

        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(expected));
        await ExpectServiceAsync(path);
    }

    [Test]
    public async Task A_directory_that_is_missing_is_said_to_be()
    {
        using var directory = new TempDirectory();
        string path = directory.File("missing/keker.sock");

        ExitedProcess run = await KekerProcess.RunAsync("--listen", $"unix:{path}");

        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Output + run.Errors, Does.Contain($"cannot listen on unix:{path}: there is no directory {directory.File("missing")}"));
    }

    [Test]
    public async Task A_socket_file_that_a_killed_server_left_is_replaced()
    {
        using var directory = new TempDirectory();
        string path = directory.File("keker.sock");
        KekerProcess killed = await KekerProcess.StartAsync("--listen", $"unix:{path}");
        await killed.DisposeAsync();
        Assert.That(File.Exists(path), Is.True);

        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", $"unix:{path}");

        await ExpectServiceAsync(path);
    }

    [Test]
    public async Task A_socket_file_that_a_running_server_serves_is_left_alone()
    {
        using var directory = new TempDirectory();
        string path = directory.File("keker.sock");
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", $"unix:{path}");

        ExitedProcess second = await KekerProcess.RunAsync("--listen", $"unix:{path}");

        Assert.That(second.Status, Is.EqualTo(1));
        Assert.That(second.Output + second.Errors, Does.Contain($"cannot listen on unix:{path}"));
        await ExpectServiceAsync(path);
    }

    [Test]
    public async Task A_file_that_is_no_socket_is_never_removed()
    {
        using var directory = new TempDirectory();
        string path = directory.File("precious");
        await File.WriteAllTextAsync(path, "data");
        string empty = directory.File("empty");
        await File.WriteAllTextAsync(empty, "");

        foreach (string file in new[] { path, empty })
        {
            ExitedProcess run = await KekerProcess.RunAsync("--listen", $"unix:{file}");
            Assert.That(run.Status, Is.EqualTo(1));
            Assert.That(run.Output + run.Errors, Does.Contain($"cannot listen on unix:{file}"));
            Assert.That(File.Exists(file), Is.True);
        }
    }

    [Test]
    public async Task IPv6_works_where_the_machine_has_it()
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Ignore("no IPv6 here");
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", "[::1]:0");
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "one");

        Assert.That(keker.EndPoint.Address, Is.EqualTo(IPAddress.IPv6Loopback));
        Assert.That((await backend.PublishAsync("one", "x")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
    }

    [Test]
    public async Task Over_the_bound_connections_are_told_to_come_back_later()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--max-connections", "2");
        await using RawWebSocket first = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        RawClient second = await RawClient.ConnectAsync(keker.EndPoint);
        await second.SendAsync(RawClient.Head("GET", "/v1/health"));
        Assert.That((await second.ReadResponseAsync()).Status, Is.EqualTo(200));

        // A client that sends at once, as all do: the answer must survive that nobody reads its request.
        for (int i = 0; i < 20; i++)
        {
            await using RawClient refused = await RawClient.ConnectAsync(keker.EndPoint);
            await refused.SendAsync(RawClient.Head("GET", "/v1/health"));
            RawResponse response = await refused.ReadResponseAsync();
            Assert.That((response.Status, response.Closes), Is.EqualTo((503, true)));
            Assert.That(response.Header("Retry-After"), Is.Not.Null);
        }

        await second.SendAsync(RawClient.Head("GET", "/v1/health", "Connection: close"));
        Assert.That((await second.ReadResponseAsync()).Status, Is.EqualTo(200));
        await second.ExpectEndAsync();
        await second.DisposeAsync();
        using var backend = new Backend(keker.EndPoint);
        await UntilServedAsync(backend);
        Assert.That((await backend.GetAsync("/v1/stats")).Data.GetProperty("refusedConnections").GetInt64(), Is.GreaterThanOrEqualTo(20));
    }

    [Test]
    public async Task One_address_has_no_more_connections_than_it_may()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--max-connections-per-ip", "1");
        RawWebSocket first = await RawWebSocket.JoinAsync(keker.EndPoint, "first");
        await using RawClient second = await RawClient.ConnectAsync(keker.EndPoint);

        await second.SendAsync(RawClient.Head("GET", "/v1/health"));
        RawResponse refused = await second.ReadResponseAsync();
        await first.DisposeAsync();
        using var backend = new Backend(keker.EndPoint);
        await UntilServedAsync(backend);

        Assert.That((refused.Status, refused.Closes), Is.EqualTo((503, true)));
        Assert.That(refused.Header("Retry-After"), Is.Not.Null);
    }

    private static async Task ExpectServiceAsync(string path)
    {
        var endPoint = new UnixDomainSocketEndPoint(path);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(endPoint, "one");
        await using RawClient publisher = await RawClient.ConnectAsync(endPoint);
        await publisher.SendAsync("PUT", "/v1/publish", "x", "Token: one");
        Assert.That((await publisher.ReadResponseAsync()).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
    }

    /// <summary>The place of a connection is free a moment after its end is seen.</summary>
    private static async Task UntilServedAsync(Backend backend)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (!timeout.IsCancellationRequested)
        {
            try
            {
                if ((await backend.GetAsync("/v1/health")).Status == 200)
                    return;
            }
            catch (HttpRequestException)
            {
                // Refused once more.
            }
        }
        Assert.Fail("the place of a closed connection stays taken");
    }
}
