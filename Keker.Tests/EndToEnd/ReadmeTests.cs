using System.Net;
using System.Text.Json;
using Keker.Benchmarks.Load.Options;
using Keker.Server.Options;
using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd;

/// <summary>README.md and the manual keep their word: their commands work and their tables say what the server does.</summary>
internal sealed class ReadmeTests
{
    private const string Key = "readme-key";
    private const string Token = "alice-7f3a9c";

    [TestCaseSource(typeof(ReadmeFile), nameof(ReadmeFile.CurlCommands))]
    public async Task Every_curl_command_gets_an_answer(string command)
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--publish-key", Key);

        string localized = server.Localize(command);
        string answer = await ReadmeShell.RunAsync(WithKey(localized), Key);

        string[] lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Is.Not.Empty);
        Assert.That(
            lines.Select(Message),
            Is.All.EqualTo("ok").Or.EqualTo("ready").Or.EqualTo("statistics").Or.EqualTo("sessions").Or.EqualTo("sessions logged out").Or.EqualTo("online")
                .Or.EqualTo("settings").Or.EqualTo("tokens and topics").Or.EqualTo("message").Or.EqualTo("history").Or.EqualTo($"recipient {Token} not found")
                .Or.EqualTo("topic match-17 has no subscribers").Or.EqualTo("no recipient found").Or.StartsWith("message stored for ").Or.StartsWith("message sent to"));
    }

    [Test]
    public void The_table_of_options_is_the_definitions()
    {
        IEnumerable<string> rows = ReadmeFile.Table("Options").Select(row => string.Join(" | ", row[..3]).Replace("`", "", StringComparison.Ordinal));
        IEnumerable<string> definitions = OptionDefinitions.All.Select(option =>
            $"{(option.ShortName is { } shortName ? $"{shortName} " : "")}{option.Name} {option.ArgumentName} | {option.EnvironmentVariable} | {option.Default}");

        Assert.That(rows, Is.EqualTo(definitions));
    }

    [Test]
    public void The_table_of_options_says_which_may_be_repeated()
    {
        IEnumerable<bool> rows = ReadmeFile.Table("Options").Select(row => row[3].EndsWith("repeatable", StringComparison.Ordinal));

        Assert.That(rows, Is.EqualTo(OptionDefinitions.All.Select(option => option.Repeatable)));
    }

    [Test]
    public void No_option_is_mentioned_that_does_not_exist()
    {
        IEnumerable<string> mentioned = ReadmeFile.CodeSpans()
            .SelectMany(code => code.Split(' '))
            .Where(word => word.StartsWith("--", StringComparison.Ordinal))
            .Distinct();

        // The last ones are those of curl, of the soak and of dotnet test.
        string[] known =
        [
            .. OptionDefinitions.All.Select(option => option.Name), .. LoadOptionTable.All.Select(option => option.Name), "--help", "--version", "--health", "--man",
            .. CommandDefinitions.All.SelectMany(command => command.Options).Select(option => option.Name), "--unix-socket", "--chaos", "--filter",
        ];
        Assert.That(mentioned, Is.SubsetOf(known));
    }

    [Test]
    public async Task The_table_of_statistics_lists_every_field_in_order()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using var client = new HttpClient { BaseAddress = server.Url };

        using var answer = JsonDocument.Parse(await client.GetStringAsync("/v1/stats"));

        IEnumerable<string> fields = answer.RootElement.GetProperty("data").EnumerateObject().Select(field => field.Name);
        IEnumerable<string> rows = ReadmeFile.Table("Statistics").SelectMany(row => row[0].Split(", ")).Select(name => name.Trim('`'));
        Assert.That(rows, Is.EquivalentTo(fields));
    }

    [Test]
    public async Task The_table_of_endpoints_says_where_each_is_served()
    {
        string socket = Path.Combine(Path.GetTempPath(), $"keker-{Guid.NewGuid():N}.sock");
        await using ReadmeServer server = await ReadmeServer.StartAsync("--admin-listen", $"unix:{socket}", "--publish-key", Key, "--echo", "on");
        using var client = new HttpClient { BaseAddress = server.Url };

        foreach (string[] row in ReadmeFile.Table("Endpoints"))
        {
            string path = row[0].Trim('`');
            using HttpResponseMessage onPublic = await client.GetAsync(path);
            string onAdmin = await ReadmeShell.RunAsync($"curl -s -o /dev/null -w '%{{http_code}}' --unix-socket {socket} http://localhost{path}");

            Assert.That(onPublic.StatusCode != HttpStatusCode.NotFound, Is.EqualTo(row[3] is "`--listen`" or "both"), $"{path} on the public port");
            Assert.That(onAdmin != "404", Is.EqualTo(row[3] is "the admin address" or "both"), $"{path} on the admin address");
        }
        await server.StopAsync();
        Assert.That(socket, Does.Not.Exist, "the socket file goes with the server");
    }

    [TestCase("/v1/publish", "GET", 405)]
    [TestCase("/v1/publish", "POST", 400)]
    [TestCase("/v1/nowhere", "GET", 404)]
    [TestCase("/v1/stats/sessions", "GET", 403)]
    [TestCase("/v1/subscribe", "GET", 426)]
    [TestCase("/v1/broadcast", "POST", 413)]
    [TestCase("/v1/health", "FROBNICATE", 501)]
    public async Task An_error_is_in_the_table_of_answers_and_says_what_to_do(string path, string method, int status)
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--write-buffer", "16");
        using var client = new HttpClient { BaseAddress = server.Url };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new StringContent("more than sixteen bytes");

        using HttpResponseMessage answer = await client.SendAsync(request);

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)answer.StatusCode, Is.EqualTo(status));
            Assert.That(ReadmeFile.Table("Answers").SelectMany(row => row[0].Split(", ")), Does.Contain($"{status}"));
            Assert.That(json.RootElement.GetProperty("message").GetString(), Is.Not.Empty);
            Assert.That(json.RootElement.GetProperty("data").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }
    }

    [Test]
    public async Task The_answers_to_a_publish_without_recipient_are_as_shown()
    {
        await using ReadmeServer server = await ReadmeServer.StartAsync("--cache-size", "10");

        string cached = await ReadmeShell.RunAsync($"curl -s -d short -H 'Token: {Token}' {server.Url}v1/publish");
        string dropped = await ReadmeShell.RunAsync($"curl -s -d 'longer than that' -H 'Token: {Token}' {server.Url}v1/publish");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ReadmeFile.Table("Publishing to one recipient")[1][2], Is.EqualTo($"`{cached}`"));
            Assert.That(dropped, Is.EqualTo(cached.Replace("\"cached\":1", "\"cached\":0", StringComparison.Ordinal)));
        }
    }

    [Test]
    public async Task The_lines_in_Python_store_a_message_for_who_is_away()
    {
        if (BrowserProcess.Find("python3") is null)
            Assert.Ignore("no python3 on PATH (on Debian: apt-get install python3)");
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("push.py"), server.Localize(ReadmeFile.Example("Quick start", "python")));

        string printed = await ReadmeShell.RunAsync($"python3 {folder.File("push.py")}");

        Assert.That(printed, Is.EqualTo("{'sessions': 0, 'cached': 1}\n"));
    }

    /// <summary>What an answer says; the list of who is online says nothing, and begins with a number.</summary>
    private static string? Message(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("seq", out _) ? "online" : json.RootElement.GetProperty("message").GetString();
    }

    private static string WithKey(string command) =>
        command.Contains("$KEY", StringComparison.Ordinal) ? command : $"{command} -H \"Authorization: Bearer $KEY\"";
}
