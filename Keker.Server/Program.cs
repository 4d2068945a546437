using Keker.Server.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Keker.Server;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // Completions run on the threads that poll the sockets: a hop to the thread pool costs more than most of what Keker does
        // with them. Read once, when the first socket is made.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

        CommandLineResult commandLine = CommandLine.Parse(args, EnvironmentOptions.OfProcess(), Console.Out, Console.Error);
        if (commandLine.Options is not { } options)
            return commandLine.ExitCode;

        using ILoggerFactory logging = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(options.Verbosity)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.UseUtcTimestamp = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            }));
        return await new ServerHost(options, TimeProvider.System, logging.CreateLogger("keker")).RunAsync().ConfigureAwait(false);
    }
}
