using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

/// <summary>One call of the command line, with what it wrote.</summary>
internal sealed record CommandLineRun(KekerOptions? Options, int ExitCode, string Output, string[] Errors)
{
    public static CommandLineRun Of(params string[] arguments) => With([], arguments);

    public static CommandLineRun With(Dictionary<string, string> environment, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        CommandLineResult result = CommandLine.Parse(arguments, environment, output, error);
        string[] errors = error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        return new CommandLineRun(result.Options, result.ExitCode, output.ToString(), errors);
    }

    /// <summary>The options, where nothing may have gone wrong.</summary>
    public KekerOptions Accepted
    {
        get
        {
            Assert.That(Errors, Is.Empty);
            Assert.That(Output, Is.Empty);
            Assert.That(ExitCode, Is.Zero);
            return Options!;
        }
    }
}
