using Keker.Server.Commands;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server;

internal static class Program
{
    private const int ExitCodeCannotStart = 1;

    private static async Task<int> Main(string[] args)
    {
        StandardDescriptors.Complete();
        if (args is [[not '-', ..] word, ..] && SubCommands.Find(word) is { } run)
            return await run(args[1..]).ConfigureAwait(false);

        // Where the runtime's engine polls the sockets, completions run on its threads: a hop to the thread pool costs more than most of
        // what Keker does with them. Read once, when the first socket is made.
        if (!Loops.AreUsed)
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

        try
        {
            IReadOnlyDictionary<string, string> environment = EnvironmentOptions.OfProcess();
            CommandLineResult commandLine = CommandLine.Parse(args, environment, Console.Out, Console.Error);
            if (commandLine.Options is not { } options)
                return commandLine.ExitCode;
            if (commandLine.Health is { } url)
                return await HealthCheck.RunAsync(options, url, Console.Out).ConfigureAwait(false);

            LogFormat format = options.LogFormat ?? (JournalStream.IsStandardOutput() ? LogFormat.Journal : LogFormat.Text);
            using var log = new LineLogger(
                Console.OpenStandardOutput(), options.Verbosity, Limits.LogLinesWaiting, Limits.LogLinesPerSecond, TimeProvider.System, FormOf(format));
            options = InheritedListeners.Apply(options with { LogFormat = format }, environment, Environment.ProcessId);
            foreach (string variable in InheritedListeners.Variables)
                Environment.SetEnvironmentVariable(variable, null);
            return await new ServerHost(options, () => ReadAgain(args), TimeProvider.System, log).RunAsync().ConfigureAwait(false);
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync($"kekerd: {e.Message}").ConfigureAwait(false);
            return ExitCodeCannotStart;
        }
    }

    private static LineForm FormOf(LogFormat format) => format switch
    {
        LogFormat.Json => new JsonForm(),
        LogFormat.Journal => new JournalForm(),
        _ => new TextForm(),
    };

    /// <summary>The options once more, for the files that they name.</summary>
    /// <exception cref="StartException">They are mistaken by now; the message has all mistakes.</exception>
    private static KekerOptions ReadAgain(string[] args)
    {
        using var mistakes = new StringWriter();
        return CommandLine.Parse(args, EnvironmentOptions.OfProcess(), TextWriter.Null, mistakes).Options
            ?? throw new StartException(mistakes.ToString().Trim().ReplaceLineEndings("; "));
    }
}
