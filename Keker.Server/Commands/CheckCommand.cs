using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary><c>kekerd check</c>.</summary>
internal static class CheckCommand
{
    private const int ExitCodeWouldFail = 1;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            HelpText.Write(Console.Out, CommandDefinitions.Check);
            return CommandLine.ExitCodeDone;
        }

        try
        {
            CommandLineResult commandLine = CommandLine.Parse(arguments, EnvironmentOptions.OfProcess(), Console.Out, Console.Error);
            return commandLine.Options is { } options ? await RunAsync(options).ConfigureAwait(false) : commandLine.ExitCode;
        }
        catch (StartException e)
        {
            // What a server says in its place, too: there is no OpenSSL.
            Console.Out.WriteLine(new Finding(FindingKind.Error, "options", e.Message));
            return ExitCodeWouldFail;
        }
    }

    private static async Task<int> RunAsync(KekerOptions options)
    {
        int worst = CommandLine.ExitCodeDone;
        await foreach (Finding finding in FindAsync(options).ConfigureAwait(false))
        {
            Console.Out.WriteLine(finding);
            if (finding.Kind == FindingKind.Error)
                worst = ExitCodeWouldFail;
        }
        return worst;
    }

    private static async IAsyncEnumerable<Finding> FindAsync(KekerOptions options)
    {
        yield return new Finding(FindingKind.Ok, "options", "all can be read");
        foreach (Finding finding in CertificateCheck.Find(options, DateTime.UtcNow))
            yield return finding;
        await foreach (Finding finding in KeyCheck.FindAsync(options).ConfigureAwait(false))
            yield return finding;
        foreach (string warning in OptionWarnings.Of(options))
            yield return new Finding(FindingKind.Warning, "options", warning);
        await foreach (Finding finding in AddressCheck.FindAsync(options).ConfigureAwait(false))
            yield return finding;
    }
}
