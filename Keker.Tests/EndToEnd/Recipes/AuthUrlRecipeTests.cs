using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Keker.Tests.EndToEnd.Recipes;

/// <summary>The backend of who-may.md that kekerd asks.</summary>
internal sealed class AuthUrlRecipeTests
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private Process? _backend;
    private TempDirectory _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TempDirectory();

    [TearDown]
    public void Stop()
    {
        _backend?.Kill();
        _backend?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Whom_it_knows_is_let_in()
    {
        int port = FindPort();
        string program = RecipePage.Program("who-may.md", "Your backend is asked", RecipeRuntime.Node.Fence, ("8080", $"{port}"));
        _backend = await RecipeRuntime.Node.StartAsync(program, _folder);
        await WaitUntilItListensAsync(port);
        await using KekerProcess keker = await KekerProcess.StartAsync("--auth-url", $"http://127.0.0.1:{port}/push/auth");

        await using RawWebSocket stranger = await RawWebSocket.ConnectAsync(keker.EndPoint);
        await stranger.SendTextAsync("HELLO made-up");
        await stranger.ExpectCloseAsync(4401);
        await using RawWebSocket alice = await RawWebSocket.JoinAsync(keker.EndPoint, "s3cret");
        using var backend = new Backend(keker.EndPoint);
        Assert.That((await backend.PublishAsync("alice-7f3a9c", "for Alice")).Status, Is.EqualTo(200));
        await alice.ExpectTextAsync("for Alice");
    }

    /// <summary>Nobody listens there, and the kernel gives such to nobody by itself.</summary>
    private static int FindPort()
    {
        while (true)
        {
            int port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody does.
            }
        }
    }

    private static async Task WaitUntilItListensAsync(int port)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        using var timer = new PeriodicTimer(PollInterval);
        while (await timer.WaitForNextTickAsync(timeout.Token))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }
    }
}
