namespace Keker.Tests.EndToEnd.Commands;

/// <summary>The commands in the manual work as they stand there.</summary>
[Platform(Exclude = "Win")]
internal sealed class CommandManualTests
{
    private const string Key = "key-of-the-manual-1";

    private static IEnumerable<string> Commands(string heading) =>
        ReadmeFile.Examples(heading, "sh").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [Test]
    public async Task What_is_published_by_hand_arrives_where_somebody_subscribes_by_hand()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", Key);
        string url = $"http://{keker.EndPoint}";
        string[] lines = [.. Commands("Try it without writing a line")];
        Assert.That(lines[0], Does.StartWith("kekerd subscribe "));
        await using CommandProcess subscriber = CommandProcess.Start([.. lines[0].Split(' ')[1..], "--topic", "match-17"], ("KEKER_URL", url));
        await subscriber.Errors.WaitForAsync("connected to");

        foreach (string line in lines[1..])
            Assert.That(await RunAsync(line, url), Does.Contain("\"sessions\":1"), line);

        await subscriber.Output.WaitForAsync("", lines.Length - 1);
        Assert.That(subscriber.Output.Text.Split('\n'), Is.EqualTo(new[] { "Hello, Alice", "parcel", "goal" }));
    }

    [Test]
    public async Task Check_and_status_print_what_the_manual_shows()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", Key);
        string url = $"http://{keker.EndPoint}";

        foreach (string heading in (string[])["Before a restart", "How is it?"])
        {
            string shown = ReadmeFile.Example(heading, "text");
            string printed = await RunAsync(Commands(heading).Single().Replace("0.0.0.0:3498", keker.EndPoint.ToString(), StringComparison.Ordinal), url);
            Assert.That(FirstWords(printed), Is.EqualTo(FirstWords(shown)), heading);
        }
    }

    /// <summary>What a line is about.</summary>
    private static string[] FirstWords(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..10])];

    private static async Task<string> RunAsync(string command, string url)
    {
        using var directory = new TempDirectory();
        new TestCertificate(DateTimeOffset.UtcNow.AddDays(9.5)).WriteTo(directory);
        foreach ((string name, string content) in (ReadOnlySpan<(string, string)>)[("parcel.json", "parcel"), ("goal.json", "goal"), ("publish.key", Key)])
            File.WriteAllText(directory.File(name), content);
        await ReadmeShell.RunAsync($"chmod o-r '{directory.Path}'/*.key '{directory.Path}'/key.pem");
        using System.Diagnostics.Process process = KekerBinary.Prepare([]);
        File.CreateSymbolicLink(directory.File("kekerd"), process.StartInfo.FileName);
        return await ReadmeShell.RunAsync($"cd '{directory.Path}' && export PATH=\"$PWD:$PATH\" KEKER_URL={url} KEKER_PUBLISH_KEY={Key} && {command}");
    }
}
