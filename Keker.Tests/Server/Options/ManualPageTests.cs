using System.Diagnostics;
using Keker.Server.Options;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Options;

/// <summary>The manual page kekerd(8), by its content and by what programs that show it say about it.</summary>
internal sealed class ManualPageTests
{
    private static string Page
    {
        get
        {
            CommandLineRun run = CommandLineRun.Of("--man");
            Assert.That((run.ExitCode, run.Options, run.Errors), Is.EqualTo((0, (KekerOptions?)null, Array.Empty<string>())));
            return run.Output;
        }
    }

    [Test]
    public void It_tells_of_every_option_command_and_exit_status()
    {
        string page = Page.Replace("\\-", "-", StringComparison.Ordinal).Replace("\\(aq", "'", StringComparison.Ordinal).Replace("\\e", "\\", StringComparison.Ordinal);
        string[] lines = page.Split(Environment.NewLine);

        using (Assert.EnterMultipleScope())
        {
            foreach (CommandDefinition command in (CommandDefinition[])[CommandDefinitions.Serve, .. CommandDefinitions.All])
            {
                Assert.That(lines, Has.Some.EqualTo($".B {command.FullName}"));
                Assert.That(lines, Is.SupersetOf(command.Options.Select(option => option.FullMeaning)));
                Assert.That(lines, Is.SupersetOf(command.Statuses.Select(status => status.Meaning)));
                Assert.That(lines, Is.SupersetOf(command.Examples.SelectMany(example => example.Line.Split('\n'))));
            }
            foreach (OptionDefinition option in OptionDefinitions.All)
                Assert.That(lines, Has.One.StartsWith($"\\fB{(option.ShortName is null ? "" : $"{option.ShortName}, ")}{option.Name}\\fR \\fI{option.ArgumentName}\\fR"));
        }
    }

    [Test]
    public async Task Mandoc_finds_nothing_wrong_with_it()
    {
        (int status, string output, string errors) = await RunAsync("mandoc", "-Tlint", "-Wwarning");

        // It has no date, so that the same sources make the same page.
        string[] complaints = [.. (output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("missing date", StringComparison.Ordinal))];
        Assert.That(complaints, Is.Empty, $"status {status}");
    }

    [Test]
    public async Task Man_shows_it_without_a_warning()
    {
        (int status, string output, string errors) = await RunAsync("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z");

        Assert.That((status, errors), Is.EqualTo((0, "")));
        Assert.That(output, Does.Contain("kekerd"));
    }

    /// <summary>Gives the page to a program; ignores the test where there is none.</summary>
    private static async Task<(int Status, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.File("kekerd.8"), Page);
        var start = new ProcessStartInfo(program, [.. arguments, directory.File("kekerd.8")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MANWIDTH"] = "80";
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore($"{program} is not installed here");
        }
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Soon(program);
        return (process.ExitCode, await output, await errors);
    }
}
