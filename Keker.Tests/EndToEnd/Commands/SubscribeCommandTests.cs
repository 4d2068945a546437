using System.Diagnostics;
using Keker.Protocol.Commands;

namespace Keker.Tests.EndToEnd.Commands;

/// <summary><c>kekerd subscribe</c> beside others who subscribe.</summary>
internal sealed class SubscribeCommandTests() : KekerFixture("--admin-listen", "127.0.0.1:0")
{
    private Backend _admin = null!;

    private string Url => $"http://{Keker.EndPoint}";

    [OneTimeSetUp]
    public void FindBackend() => _admin = new Backend(Keker.AdminEndPoints[0]);

    [OneTimeTearDown]
    public void LeaveBackend() => _admin.Dispose();

    [Test]
    public async Task Payloads_come_bare_a_line_each_and_others_get_them_too()
    {
        (string token, string topic) = (NewToken(), $"topic-{NewToken()}");
        await using RawWebSocket page = await JoinAsync(token);
        await using CommandProcess command = await SubscribeAsync(token, "--topic", topic);

        await _admin.PublishAsync(token, "one");
        await _admin.PublishToTopicAsync(topic, "two");
        await _admin.BroadcastAsync("three");

        await command.Output.WaitForAsync("", 3);
        Assert.That(command.Output.Text.Split('\n'), Is.EquivalentTo(new[] { "one", "two", "three" }));
        await page.ExpectTextAsync("one");
        await page.ExpectTextAsync("three");
    }

    [Test]
    public async Task Json_has_id_topic_and_payload_and_bytes_as_base64()
    {
        string token = NewToken();
        await using CommandProcess command = await SubscribeAsync(token, "--json");

        await _admin.PublishAsync(token, "a\nb");
        await _admin.PublishAsync(token, [0xFF]);

        string[] lines = await command.Output.WaitForAsync("{", 2);
        Assert.That(lines[0], Does.Match("^\\{\"id\":\"[0-9a-f]+:\\d+\",\"topic\":\"-\",\"payload\":\"a\\\\nb\"\\}$"));
        Assert.That(lines[1], Does.EndWith(",\"topic\":\"-\",\"payload\":\"/w==\",\"encoding\":\"base64\"}"));
    }

    [Test]
    public async Task An_id_goes_on_behind_its_message()
    {
        string token = NewToken();
        await using RawWebSocket page = await JoinAsync(token);
        await using CommandProcess first = await SubscribeAsync(token, "--json");
        foreach (string text in (string[])["one", "two", "three"])
            await _admin.PublishAsync(token, text);
        string line = (await first.Output.WaitForAsync("{", 3))[0];
        string id = line.Split('"')[3];

        await using CommandProcess second = await SubscribeAsync(token, "--id", id);

        await second.Output.WaitForAsync("three");
        Assert.That(second.Output.Text, Is.EqualTo("two\nthree"));
    }

    [Test]
    public async Task Without_a_token_it_takes_one_of_its_own_and_a_topic_goes_on_behind_an_id()
    {
        string topic = $"topic-{NewToken()}";
        await using CommandProcess first = await SubscribeAsync("--topic", topic, "--json");
        await _admin.PublishToTopicAsync(topic, "one");
        await _admin.PublishToTopicAsync(topic, "two");
        string id = (await first.Output.WaitForAsync("{", 2))[0].Split('"')[3];

        await using CommandProcess second = await SubscribeAsync("--topic", topic, "--id", id);

        await second.Output.WaitForAsync("two");
        Assert.That(second.Output.Text, Is.EqualTo("two"));
    }

    [TestCase(Signal.Interrupt)]
    [TestCase(Signal.Terminate)]
    public async Task A_signal_ends_it_with_a_goodbye_after_which_nothing_is_kept(Signal signal)
    {
        string token = NewToken();
        await using CommandProcess command = await SubscribeAsync(token);
        await _admin.PublishAsync(token, "one");
        await command.Output.WaitForAsync("one");
        // Confirmed, so that nothing is left to be kept.
        Assert.That((await CommandProcess.RunAsync([.. "two"u8], ["publish", "--url", $"http://{Keker.AdminEndPoints[0]}", "--wait", "30", token])).Output, Does.Contain("\"pending\":0"));

        command.Send(signal);

        Assert.That(await command.WaitForExitAsync(), Is.Zero);
        // A position that holds would have what was published since.
        Assert.That((await _admin.PublishAsync(token, "three")).Status, Is.EqualTo(404));
        await using RawWebSocket page = await ConnectWebSocketAsync();
        await page.SendTextAsync($"HELLO {token}");
        await page.ExpectTextAsync("three");
    }

    [Test]
    [Platform("Linux")]
    public async Task Who_has_enough_of_it_ends_it_quietly()
    {
        string token = NewToken();
        using Process process = KekerBinary.Prepare([]);
        string kekerd = process.StartInfo.FileName;
        process.StartInfo.FileName = "/bin/sh";
        Array.ForEach(["-c", "{ \"$0\" subscribe --url \"$1\" \"$2\"; echo \"status $?\" >&2; } | head -n 1", kekerd, Url, token], process.StartInfo.ArgumentList.Add);
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await _admin.WaitForStatAsync("sessions", sessions => sessions > 0);

        // The second one finds nobody who reads.
        while (!process.HasExited)
            await _admin.PublishAsync(token, "hi");
        await process.WaitForExitAsync().Soon("the pipe");

        Assert.That(await output, Is.EqualTo("hi\n"));
        Assert.That(await errors, Is.EqualTo($"kekerd subscribe: connected to {Url}\nstatus 0\n"));
    }

    [Test]
    public async Task What_is_refused_for_good_ends_it_with_status_1()
    {
        string token = NewToken();
        await using CommandProcess loggedOut = await SubscribeAsync(token);
        await _admin.DeleteAsync($"/v1/sessions?token={token}&reason=goodbye");

        Assert.That(await loggedOut.WaitForExitAsync(), Is.EqualTo(1));
        await loggedOut.Errors.WaitForAsync("kekerd subscribe: the server has closed the connection: 4403 goodbye");
        ExitedProcess tooLong = await CommandProcess.RunAsync("subscribe", "--url", Url, new string('x', AuthInfo.MaxLength + 1));
        Assert.That((tooLong.Status, tooLong.ErrorLines.Length), Is.EqualTo((1, 1)));
        Assert.That(tooLong.Errors, Does.Contain(": 1008 "));
    }

    [Test]
    public async Task A_server_that_is_none_ends_it_with_status_1()
    {
        ExitedProcess wrongPath = await CommandProcess.RunAsync("subscribe", "--url", $"{Url}/push", "alice");
        ExitedProcess admin = await CommandProcess.RunAsync("subscribe", "--url", $"http://{Keker.AdminEndPoints[0]}", "alice");

        Assert.That((wrongPath.Status, admin.Status), Is.EqualTo((1, 1)));
        Assert.That(wrongPath.ErrorLines, Has.One.StartsWith($"kekerd subscribe: {Url}/push: the server answers 404: "));
        Assert.That(admin.ErrorLines, Has.One.Contains("the server answers 404: "));
    }

    [TestCase("a b", "TOKEN: expected 1 to 8192 bytes without white space or control characters")]
    [TestCase("alice|--topic|-", "--topic '-': expected a word of 1 to 512 bytes, neither - nor *")]
    [TestCase("alice|--id|17", "--id '17': expected an id as --json prints it, such as 2f:17")]
    [TestCase("--id|2f:17", "--id: expected TOKEN with it, or one --topic: whose message is it?")]
    [TestCase("@/no/such/file", "TOKEN: the file after @ does not exist")]
    [TestCase("alice|bob", "command line: 2 words belong to no option, expected kekerd subscribe [OPTION]... [TOKEN]")]
    public async Task Mistakes_are_told_with_status_2(string line, string expected)
    {
        ExitedProcess run = await CommandProcess.RunAsync(["subscribe", .. line.Split('|')]);

        Assert.That((run.Status, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.ErrorLines, Is.EqualTo(new[] { $"kekerd subscribe: {expected}" }));
    }

    private async Task<CommandProcess> SubscribeAsync(params string[] arguments)
    {
        CommandProcess command = CommandProcess.Start(["subscribe", "--url", Url, .. arguments]);
        await command.Errors.WaitForAsync("connected to");
        return command;
    }
}
