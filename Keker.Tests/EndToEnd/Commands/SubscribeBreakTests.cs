using System.Net;
using Keker.Benchmarks.Common.Proxy;
using Keker.Tests.EndToEnd.Signed;

namespace Keker.Tests.EndToEnd.Commands;

/// <summary><c>kekerd subscribe</c> when the connection breaks, the server stops, or the token does not hold.</summary>
internal sealed class SubscribeBreakTests
{
    private const int Messages = 60;

    [Test]
    public async Task Across_breaks_every_message_is_printed_once_in_order()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        using var proxy = new CuttingProxy(keker.EndPoint, new CutTotals());
        await using CommandProcess command = CommandProcess.Start(["subscribe", "--url", $"ws://{proxy.EndPoint}/v1/subscribe", "alice", "--topic", "news"]);
        await command.Errors.WaitForAsync("connected to");
        // A bystander keeps the topic in use.
        await using RawWebSocket bystander = await RawWebSocket.JoinAsync(keker.EndPoint, "bob");
        await bystander.SendTextAsync("SUBSCRIBE news");

        for (int i = 0; i < Messages; i++)
        {
            await backend.PublishAsync("alice", $"own {i:000}");
            await backend.PublishToTopicAsync("news", $"news {i:000}");
            if (i % 20 != 10)
                continue;
            // Some have come, some are on their way.
            await command.Output.WaitForAsync($"news {i - 5:000}");
            proxy.CutAll(i == 30 ? CutKind.HalfOpen : CutKind.Reset, takesAll: false, TimeSpan.FromMilliseconds(200));
        }

        foreach (string name in (string[])["own", "news"])
        {
            await command.Output.WaitForAsync($"{name} {Messages - 1:000}");
            Assert.That(await command.Output.WaitForAsync($"{name} "), Is.EqualTo(Enumerable.Range(0, Messages).Select(i => $"{name} {i:000}")));
        }
        Assert.That(await command.Errors.WaitForAsync("connected to", 4), Has.Length.EqualTo(4));
        Assert.That(command.Errors.Text, Does.Not.Contain("gap"));
        for (int i = 0; i < Messages; i++)
            await bystander.ExpectTextAsync($"news {i:000}");
    }

    [Test]
    public async Task A_server_that_stops_and_comes_back_is_found_again_and_what_it_forgot_is_told()
    {
        KekerProcess first = await KekerProcess.StartAsync("--drain", "0");
        IPEndPoint place = first.EndPoint;
        await using CommandProcess command = CommandProcess.Start(["subscribe", "--url", $"http://{place}", "alice"]);
        await command.Errors.WaitForAsync("connected to");
        using (var backend = new Backend(place))
            await backend.PublishAsync("alice", "before");
        await command.Output.WaitForAsync("before");

        first.Send(Signal.Terminate);
        Assert.That(await first.WaitForExitAsync(), Is.Zero);
        await command.Errors.WaitForAsync("kekerd subscribe: the server has closed the connection: 1001");
        await using KekerProcess second = await KekerProcess.StartAsync("--listen", place.ToString());
        await command.Errors.WaitForAsync("connected to", 2);

        await command.Errors.WaitForAsync("kekerd subscribe: gap: messages of the token are gone for good, those after ");
        using (var backend = new Backend(place))
            Assert.That((await backend.PublishAsync("alice", "after")).Status, Is.EqualTo(200));
        await command.Output.WaitForAsync("after");
        Assert.That(command.Output.Text, Is.EqualTo("before\nafter"));
        await first.DisposeAsync();
    }

    [Test]
    public async Task A_server_that_is_not_there_is_waited_for()
    {
        int port = FreePort.Find();
        await using CommandProcess command = CommandProcess.Start(["subscribe", "--url", $"http://127.0.0.1:{port}", "alice"]);
        await command.Errors.WaitForAsync($"cannot connect to http://127.0.0.1:{port}: Connection refused; trying again");

        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", $"127.0.0.1:{port}");
        await command.Errors.WaitForAsync("connected to");

        // While it waits it stops at once as well.
        command.Send(Signal.Interrupt);
        Assert.That(await command.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task A_token_that_is_over_ends_it_with_status_4_and_one_from_a_file_is_let_in()
    {
        await using SignedServer server = await SignedServer.StartAsync();
        string url = $"http://{server.Keker.EndPoint}";
        string old = server.File("old.jwt", server.Maker.Token("\"sub\":\"alice\"", lifetime: -100));
        string good = server.File("good.jwt", server.Maker.Token("\"sub\":\"alice\",\"subscribe\":[\"news\"]"));

        ExitedProcess over = await CommandProcess.RunAsync("subscribe", "--url", url, $"@{old}");
        Assert.That((over.Status, over.Output, over.ErrorLines.Length), Is.EqualTo((4, "", 1)));
        Assert.That(over.Errors, Does.StartWith("kekerd subscribe: the token is not valid, or no longer ("));

        await using CommandProcess command = CommandProcess.Start(["subscribe", "--url", url, $"@{good}", "--topic", "news"]);
        await command.Errors.WaitForAsync("connected to");
        using var backend = new Backend(server.Keker.EndPoint);
        await backend.PublishAsync("alice", "hi");
        await command.Output.WaitForAsync("hi");

        ExitedProcess forbidden = await CommandProcess.RunAsync("subscribe", "--url", url, $"@{good}", "--topic", "secret");
        Assert.That((forbidden.Status, forbidden.ErrorLines), Is.EqualTo((1, new[] { "kekerd subscribe: the server does not allow the topic secret" })));
    }

    [Test]
    public async Task Over_TLS_only_a_certificate_that_is_trusted_will_do()
    {
        using var directory = new TempDirectory();
        var certificate = new TestCertificate();
        certificate.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(TestCertificate.OptionsFor(directory));
        using var backend = new Backend(keker.EndPoint, certificate);
        (string, string) trust = ("SSL_CERT_FILE", directory.File("cert.pem"));
        string[] line = ["subscribe", "--url", $"wss://{keker.EndPoint}/v1/subscribe", "alice"];

        ExitedProcess untrusted = await CommandProcess.RunAsync(line);
        Assert.That((untrusted.Status, untrusted.ErrorLines.Length), Is.EqualTo((1, 1)));
        await using CommandProcess command = CommandProcess.Start(line, trust);
        await command.Errors.WaitForAsync("connected to");

        ExitedProcess published = await CommandProcess.RunAsync([.. "hi"u8], ["publish", "--url", $"https://{keker.EndPoint}", "alice"], trust);
        Assert.That((published.Status, published.Errors), Is.EqualTo((0, "")));
        await command.Output.WaitForAsync("hi");
        command.Send(Signal.Interrupt);
        Assert.That(await command.WaitForExitAsync(), Is.Zero);
    }

    [Test]
    public async Task Over_a_Unix_socket_all_of_it_works_as_well()
    {
        using var directory = new TempDirectory();
        string url = $"unix:{directory.File("socket")}";
        await using KekerProcess keker = await KekerProcess.StartAsync("--listen", url);
        await using CommandProcess command = CommandProcess.Start(["subscribe", "--url", url, "alice"]);
        await command.Errors.WaitForAsync("connected to");

        Assert.That((await CommandProcess.RunAsync([.. "hi"u8], ["publish", "--url", url, "alice"])).Status, Is.Zero);
        await command.Output.WaitForAsync("hi");
        Assert.That((await CommandProcess.RunAsync("status", "--url", url)).Output, Does.StartWith("kekerd ").And.Contain("1 of 1 recipients"));
    }

    [Test]
    [Category("Long")]
    public async Task A_network_that_falls_silent_is_noticed()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        using var proxy = new CuttingProxy(keker.EndPoint, new CutTotals());
        await using CommandProcess command = CommandProcess.Start(["subscribe", "--url", $"http://{proxy.EndPoint}", "alice"]);
        await command.Errors.WaitForAsync("connected to");

        proxy.CutAll(CutKind.SilentDrop, takesAll: true, Timeout.InfiniteTimeSpan);
        await backend.PublishAsync("alice", "into the silence");

        await command.Errors.WaitForAsync("kekerd subscribe: the network has fallen silent; trying again");
        await command.Output.WaitForAsync("into the silence");
    }
}
