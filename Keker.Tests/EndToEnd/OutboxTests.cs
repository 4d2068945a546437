using System.Net.WebSockets;
using System.Text;
using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd;

/// <summary>The outbox of the manual, SQL and loop, as they stand there.</summary>
internal sealed class OutboxTests
{
    private const string Heading = "The outbox";
    private const string Token = "alice-7f3a9c";

    private static string Table => ReadmeFile.Examples(Heading, "sql").First();

    private static string Order => ReadmeFile.Examples(Heading, "sql").Last();

    private static string Loop => ReadmeFile.Example(Heading, "python");

    [OneTimeSetUp]
    public void FindPython()
    {
        if (BrowserProcess.Find("python3") is null)
            Assert.Ignore("no python3 on PATH (on Debian: apt-get install python3)");
    }

    [Test]
    public async Task What_is_committed_is_published_once_and_in_order_though_the_server_comes_late()
    {
        string address = await FreeAddressAsync();
        using var shop = new OutboxShop();
        await shop.RunAsync("CREATE TABLE orders (id INTEGER, paid INTEGER);" + Table + Order + Order.Replace("4711", "4712", StringComparison.Ordinal));
        shop.Start(Loop.Replace("localhost:3498", address, StringComparison.Ordinal));
        await using ReadmeServer server = await ReadmeServer.StartOnAsync(address, "--cache", "1m");
        await shop.WaitUntilEmptyAsync();
        await shop.RunAsync(Order.Replace("4711", "4713", StringComparison.Ordinal));
        await shop.WaitUntilEmptyAsync();
        await server.PublishAsync(Token, "and no more");

        Assert.That(await ReceiveAsync(server, 4), Is.EqualTo(new[] { "Order 4711 is paid", "Order 4712 is paid", "Order 4713 is paid", "and no more" }));
    }

    [Test]
    public async Task A_row_that_never_can_go_holds_up_no_other()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--write-buffer", "64");
        using var shop = new OutboxShop();
        await shop.RunAsync(Table + $"INSERT INTO outbox (token, body) VALUES ('{Token}', '{new string('x', 65)}'), ('{Token}', 'the next one');");
        shop.Start(server.Localize(Loop));
        await shop.WaitUntilEmptyAsync();

        Assert.That(await ReceiveAsync(server, 1), Is.EqualTo(new[] { "the next one" }));
    }

    private static async Task<string> FreeAddressAsync()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        return server.Address;
    }

    private static async Task<string[]> ReceiveAsync(ReadmeServer server, int count)
    {
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://{server.Address}/v1/subscribe"), CancellationToken.None).Soon("the handshake");
        await client.SendAsync(Encoding.UTF8.GetBytes($"HELLO {Token}"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Soon("HELLO");
        var messages = new string[count];
        byte[] buffer = new byte[1024];
        for (int i = 0; i < count; i++)
        {
            WebSocketReceiveResult received = await client.ReceiveAsync(buffer, CancellationToken.None).Soon("a message");
            messages[i] = Encoding.UTF8.GetString(buffer, 0, received.Count);
        }
        return messages;
    }
}
