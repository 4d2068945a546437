using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd;

/// <summary>The tables of close codes in the manual, as far as a client can provoke them at will.</summary>
internal sealed partial class ReadmeCloseCodeTests
{
    private static readonly byte[] Hello = "HELLO alice-7f3a9c"u8.ToArray();

    [TestCase("HELLOX alice-7f3a9c", 1008, "expected: HELLO <AUTH_INFO>")]
    [TestCase("HELLO alice 7f3a9c", 1008, "expected: HELLO <AUTH_INFO>")]
    [TestCase("hello alice-7f3a9c", 1008, "expected: HELLO <AUTH_INFO>")]
    public async Task A_malformed_hello_is_closed_with_the_documented_code(string hello, int code, string reason)
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using ClientWebSocket client = await ConnectAsync(server);

        await SendAsync(client, WebSocketMessageType.Text, Encoding.UTF8.GetBytes(hello));

        await AssertClosedAsync(client, code, reason);
    }

    [Test]
    public async Task A_hello_that_does_not_come_is_closed_with_1008()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--timeout", "1");
        using ClientWebSocket client = await ConnectAsync(server);

        await AssertClosedAsync(client, 1008, "no HELLO within 1 s");
    }

    [Test]
    public async Task A_binary_message_is_closed_with_1003()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using ClientWebSocket client = await ConnectAsync(server);

        await SendAsync(client, WebSocketMessageType.Binary, Hello);

        await AssertClosedAsync(client, 1003, "binary messages are not accepted");
    }

    [Test]
    public async Task A_hello_over_its_limit_is_closed_with_1009()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using ClientWebSocket client = await ConnectAsync(server);

        await SendAsync(client, WebSocketMessageType.Text, new byte[1025]);

        await AssertClosedAsync(client, 1009, "HELLO too long: at most 1024 bytes");
    }

    [Test]
    public async Task A_message_over_the_read_buffer_is_closed_with_1009()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--read-buffer", "2000");
        using ClientWebSocket client = await ConnectAsync(server);

        await SendAsync(client, WebSocketMessageType.Text, Hello);
        await SendAsync(client, WebSocketMessageType.Text, new byte[2001]);

        await AssertClosedAsync(client, 1009, "message too big");
    }

    [Test]
    public async Task A_server_that_stops_closes_with_1001_and_ends_with_0()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using ClientWebSocket client = await ConnectAsync(server);
        await SendAsync(client, WebSocketMessageType.Text, Hello);

        Task<int> stopped = server.StopAsync();

        await AssertClosedAsync(client, 1001, "server is restarting: reconnect after a random delay");
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.That(await stopped, Is.Zero);
    }

    [Test]
    public async Task A_close_is_answered_with_its_own_code()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using ClientWebSocket client = await ConnectAsync(server);
        await SendAsync(client, WebSocketMessageType.Text, Hello);

        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        await AssertClosedAsync(client, 1000, "");
    }

    private static async Task<ClientWebSocket> ConnectAsync(ReadmeServer server)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://{server.Address}/v1/subscribe"), CancellationToken.None).WaitAsync(ReadmeServer.Patience);
        return client;
    }

    /// <summary>What the reference of the wire says that the server says.</summary>
    private static IEnumerable<string> Reasons(int code) => ReadmeFile.Table("Codes and reasons").Where(row => row[0] == $"{code}").Select(row => row[1]);

    private static Task SendAsync(ClientWebSocket client, WebSocketMessageType type, byte[] message) =>
        client.SendAsync(message, type, endOfMessage: true, CancellationToken.None);

    private static async Task AssertClosedAsync(ClientWebSocket client, int code, string reason)
    {
        WebSocketReceiveResult received = await client.ReceiveAsync(new byte[64], CancellationToken.None).WaitAsync(ReadmeServer.Patience);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(received.MessageType, Is.EqualTo(WebSocketMessageType.Close));
            Assert.That((int?)received.CloseStatus, Is.EqualTo(code));
            Assert.That(received.CloseStatusDescription, Is.EqualTo(reason));
            Assert.That(ReadmeFile.Table("Close codes").Select(row => row[0]), Does.Contain($"{code}"));
            Assert.That(Reasons(code), reason.Length == 0 ? Has.Some.Empty : Has.Some.Contains($"`{Number().Replace(reason, "<N>")}`"));
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
