using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class HelpTextTests
{
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

    [Test]
    public void Help_names_every_option_with_its_short_name_argument_and_default()
    {
        string[] lines = CommandLineRun.Of("--help").Output.Split(Environment.NewLine);

        using (Assert.EnterMultipleScope())
        {
            foreach (OptionDefinition option in OptionDefinitions.All)
            {
                string start = $"  {(option.ShortName is null ? "   " : option.ShortName + ",")} {option.Name} {option.ArgumentName} ";
                Assert.That(lines, Has.One.StartsWith(start));

                int first = Array.FindIndex(lines, line => line.StartsWith(start, StringComparison.Ordinal));
                IEnumerable<string> entry = lines.Skip(first + 1).TakeWhile(line => line.StartsWith("       ", StringComparison.Ordinal) && line[7] == ' ').Prepend(lines[first]);
                Assert.That(string.Join(' ', entry.Select(line => line.Trim())), Does.Contain($"(default {option.Default})"));
            }
        }
    }

    [Test]
    public void Help_fits_the_screen()
    {
        string[] lines = CommandLineRun.Of("--help").Output.Split(Environment.NewLine);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Max(line => line.Length), Is.LessThanOrEqualTo(HelpText.Columns));
            Assert.That(lines, Has.None.EndsWith(" "));
        }
    }

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
}
