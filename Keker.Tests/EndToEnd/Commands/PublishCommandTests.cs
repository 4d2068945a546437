using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd.Commands;

/// <summary><c>kekerd publish</c> against a kekerd with a key.</summary>
internal sealed class PublishCommandTests() : KekerFixture("--publish-key", Secret)
{
    private const string Secret = "key-of-the-backend-1";

    protected override string? Key => Secret;

    private string Url => $"http://{Keker.EndPoint}";

    [Test]
    public async Task Standard_input_arrives_byte_by_byte_and_the_answer_is_printed()
    {
        string token = NewToken();
        byte[] bytes = [0, 255, 10, .. new byte[70_000], 13];
        await using RawWebSocket page = await JoinAsync(token);

        ExitedProcess run = await PublishAsync(bytes, token);

        Assert.That((run.Status, run.Errors), Is.EqualTo((0, "")));
        Assert.That(run.Output, Is.EqualTo("{\"message\":\"message published\",\"data\":{\"sessions\":1,\"cached\":0}}\n"));
        await page.ExpectAsync(OpCode.Binary, bytes);
    }

    [TestCase(0)]
    [TestCase(1 << 20)]
    public async Task A_file_arrives_whatever_its_size(int size)
    {
        using var directory = new TempDirectory();
        string token = NewToken();
        byte[] text = Encoding.ASCII.GetBytes(new string('x', size));
        await File.WriteAllBytesAsync(directory.File("body"), text);
        await using RawWebSocket page = await JoinAsync(token);

        ExitedProcess run = await PublishAsync([], token, directory.File("body"));

        Assert.That((run.Status, run.Errors), Is.EqualTo((0, "")));
        await page.ExpectAsync(OpCode.Text, text);
    }

    [TestCase(1 << 20)]
    [TestCase(40 << 20)]
    public async Task A_body_over_the_limit_is_told_so(int tooMany)
    {
        ExitedProcess run = await PublishAsync(new byte[(1 << 20) + tooMany], NewToken());

        Assert.That(run.Status, Is.EqualTo(1));
        Assert.That(run.Output, Does.Contain("--write-buffer"));
        Assert.That(run.ErrorLines, Has.One.StartsWith($"kekerd publish: {Url} answers 413: "));
    }

    [Test]
    public async Task Nobody_there_is_status_3_and_waiting_for_them_is_0()
    {
        ExitedProcess absent = await PublishAsync([1], NewToken());
        ExitedProcess kept = await PublishAsync([1], NewToken(), "--ttl", "1h");

        Assert.That((absent.Status, absent.Errors), Is.EqualTo((3, "")));
        Assert.That(absent.Output, Does.Contain("\"cached\":1"));
        Assert.That((kept.Status, kept.Errors), Is.EqualTo((0, "")));
        Assert.That(kept.Output, Does.StartWith("{\"message\":\"message stored for recipient"));
    }

    [Test]
    public async Task A_wait_ends_when_it_is_confirmed()
    {
        string token = NewToken();
        await using RawWebSocket page = await JoinAsync(token);

        Task<ExitedProcess> run = PublishAsync([.. "hi"u8], token, "--wait", "30");
        await page.ExpectTextAsync("hi");
        // Whoever reads on answers the ping behind it.
        _ = page.TryReadAsync();
        Assert.That((await run).Output, Does.Contain("\"received\":1,\"pending\":0"));
        Assert.That((await run).Status, Is.Zero);
    }

    [Test]
    public async Task Topics_tokens_and_everybody_are_reached()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("goal"), "goal");
        (string token, string topic) = (NewToken(), $"topic-{NewToken()}");
        await using RawWebSocket page = await JoinAsync(token);
        await page.SendTextAsync($"SUBSCRIBE {topic}");

        Assert.That((await PublishAsync([], "--topic", topic, directory.File("goal"))).Status, Is.Zero);
        await page.ExpectTextAsync("goal");
        Assert.That((await PublishAsync([.. "both"u8], "--topic", topic, token, "-")).Output, Does.Contain("\"sessions\":2"));
        await page.ExpectTextAsync("both");
        await page.ExpectTextAsync("both");
        Assert.That((await PublishAsync([.. "all"u8], "--broadcast", "--content-type", "application/octet-stream")).Output, Does.StartWith("{\"message\":\"message sent to"));
        await page.ExpectAsync(OpCode.Binary, [.. "all"u8]);
    }

    [Test]
    public async Task What_is_repeated_with_one_key_is_published_once_and_the_newest_of_a_key_stays()
    {
        string token = NewToken();
        string[] once = [token, "--idempotency-key", token, "--ttl", "60", "--collapse-key", "score"];

        ExitedProcess first = await PublishAsync([.. "1:0"u8], once);
        ExitedProcess again = await PublishAsync([.. "1:0"u8], once);
        await PublishAsync([.. "2:0"u8], token, "--ttl", "60", "--collapse-key", "score");

        Assert.That((again.Status, again.Output), Is.EqualTo((first.Status, first.Output)));
        await using RawWebSocket page = await ConnectWebSocketAsync();
        await page.SendTextAsync($"HELLO {token}");
        await page.ExpectTextAsync("2:0");
    }

    [Test]
    public async Task A_key_comes_from_the_option_a_file_or_the_servers_variable()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("key"), Secret + "\n");
        string[] command = ["publish", "--url", Url, "--ttl", "1", NewToken()];

        ExitedProcess without = await CommandProcess.RunAsync([1], command);
        ExitedProcess wrong = await CommandProcess.RunAsync([1], [.. command, "--key", "another"], ("KEKER_PUBLISH_KEY", Secret));
        ExitedProcess file = await CommandProcess.RunAsync([1], [.. command, "--key", $"@{directory.File("key")}"]);
        ExitedProcess variable = await CommandProcess.RunAsync([1], ["publish", "--ttl", "1", NewToken()], ("KEKER_PUBLISH_KEY", $"{Secret}, other"), ("KEKER_URL", Url));

        Assert.That((without.Status, wrong.Status, file.Status, variable.Status), Is.EqualTo((1, 1, 0, 0)));
        Assert.That(without.ErrorLines, Has.One.StartsWith($"kekerd publish: {Url} answers 401: "));
        Assert.That(wrong.Errors, Does.Not.Contain("another"));
    }

    [TestCase("http://127.0.0.1:9")]
    [TestCase("unix:/no/such/socket")]
    public async Task A_server_that_is_not_there_is_told_in_one_line(string url)
    {
        ExitedProcess run = await CommandProcess.RunAsync([1], ["publish", "--url", url, "alice"]);

        Assert.That((run.Status, run.Output, run.ErrorLines.Length), Is.EqualTo((1, "", 1)));
        Assert.That(run.Errors, Does.StartWith($"kekerd publish: {url}: "));
    }

    [Test]
    public async Task A_file_that_is_not_there_is_told_and_nothing_is_published()
    {
        ExitedProcess run = await PublishAsync([1], NewToken(), "/no/such/file");

        Assert.That((run.Status, run.ErrorLines.Length), Is.EqualTo((1, 1)));
        Assert.That(run.Errors, Does.Contain("/no/such/file"));
    }

    [TestCase("alice ", "FILE: expected the name of a file, or - for standard input")]
    [TestCase("", "command line: nobody to publish to, expected TOKEN, --topic NAME or --broadcast")]
    [TestCase("--broadcast --topic a", "--broadcast: goes to everybody, expected neither TOKEN nor --topic with it")]
    [TestCase("alice --ttl 31d", "--ttl '31d': expected whole seconds from 0 to 2592000, such as 30, 5m or 1h")]
    [TestCase("alice --wait 31", "--wait '31': expected whole seconds from 1 to 30, such as 30, 5m or 1h")]
    [TestCase("--topic *", "--topic '*': expected a word of 1 to 512 bytes, neither - nor *")]
    [TestCase("alice --url ftp://x", "--url 'ftp://x': expected http://host[:port], https://…, ws://…/v1/subscribe, wss://…, or unix:/path")]
    public async Task Mistakes_are_told_with_status_2(string line, string expected)
    {
        ExitedProcess run = await CommandProcess.RunAsync(["publish", .. line.Length == 0 ? [] : line.Split(' ')]);

        Assert.That((run.Status, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.ErrorLines, Is.EqualTo(new[] { $"kekerd publish: {expected}" }));
    }

    [Test]
    public async Task Help_says_what_the_statuses_mean()
    {
        ExitedProcess run = await CommandProcess.RunAsync("publish", "--help");

        Assert.That((run.Status, run.Errors), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.StartWith("kekerd publish: ").And.Contain("  3  nobody is there"));
    }

    private Task<ExitedProcess> PublishAsync(byte[] input, params string[] arguments) =>
        CommandProcess.RunAsync(input, ["publish", "--url", Url, "--key", Secret, .. arguments]);
}
