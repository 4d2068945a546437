using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class HelpTextTests
{
    private static IEnumerable<CommandDefinition> Commands => [CommandDefinitions.Serve, .. CommandDefinitions.All];

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("-?")]
    [TestCase("--nonsense --timeout 0 --help")]
    public void Help_goes_to_standard_output_and_wins_over_mistakes(string line)
    {
        CommandLineRun run = CommandLineRun.Of(line.Split(' '));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Options, run.ExitCode), Is.EqualTo(((KekerOptions?)null, 0)));
            Assert.That(run.Errors, Is.Empty);
            Assert.That(run.Output, Does.StartWith("kekerd "));
        }
    }

    [TestCaseSource(nameof(Commands))]
    public void Help_names_every_option_with_its_short_name_argument_and_meaning(CommandDefinition command)
    {
        string[] lines = Help(command);

        using (Assert.EnterMultipleScope())
        {
            foreach (OptionText option in command.Options)
            {
                string start = $"  {(option.ShortName is null ? "   " : option.ShortName + ",")} {option.Usage}";
                int first = Array.FindIndex(lines, line => (line + " ").StartsWith(start + " ", StringComparison.Ordinal));
                Assert.That(first, Is.Not.Negative, start);
                IEnumerable<string> entry = lines.Skip(first + 1).TakeWhile(line => line.StartsWith("       ", StringComparison.Ordinal) && line[7] == ' ').Prepend(lines[first][start.Length..]);
                Assert.That(string.Join(' ', entry.Select(line => line.Trim())).Trim(), Is.EqualTo(option.FullMeaning));
            }
        }
    }

    [TestCaseSource(nameof(Commands))]
    public void Help_fits_the_screen(CommandDefinition command)
    {
        string[] lines = Help(command);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Where(line => line.Length > 80), Is.Empty);
            Assert.That(lines, Has.None.EndsWith(" "));
        }
    }

    [Test]
    public void Every_option_is_in_one_group()
    {
        IEnumerable<string> grouped = OptionDefinitions.Groups.SelectMany(group => group.Options).Select(option => option.Name);

        Assert.That(grouped, Is.EquivalentTo(OptionDefinitions.All.Select(option => option.Name)));
        Assert.That(Help(CommandDefinitions.Serve), Is.SupersetOf(OptionDefinitions.Groups.Select(group => $"{group.Title}:")));
    }

    [Test]
    public void Help_has_examples_commands_and_what_each_status_says()
    {
        string[] server = Help(CommandDefinitions.Serve);

        foreach (CommandDefinition command in CommandDefinitions.All)
        {
            Assert.That(server, Has.Some.Match($"^  {command.Name} +{command.Summary}$"));
            Assert.That(Help(command), Has.Some.EqualTo($"Usage: kekerd {command.Name} {command.Synopsis}"));
            foreach (CommandExample example in command.Examples)
                Assert.That(Help(command), Is.SupersetOf(example.Line.Split('\n').Select(line => $"  {line}")));
            foreach ((int status, _) in command.Statuses)
                Assert.That(Help(command), Has.Some.StartsWith($"  {status}  "));
        }
    }

    [Test]
    public void The_variable_with_the_key_is_the_servers() =>
        Assert.That(OptionDefinitions.PublishKey.EnvironmentVariable, Is.EqualTo(CommandDefinitions.KeyVariable));

    [Test]
    public void Version_is_one_line_on_standard_output()
    {
        CommandLineRun run = CommandLineRun.Of("--version");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Options, run.ExitCode), Is.EqualTo(((KekerOptions?)null, 0)));
            Assert.That(run.Output, Does.Match(@"\Akekerd \d+\.\d+\.\d+\S*\r?\n\z"));
        }
    }

    private static string[] Help(CommandDefinition command)
    {
        using var output = new StringWriter();
        HelpText.Write(output, command);
        return output.ToString().Split(Environment.NewLine);
    }
}
