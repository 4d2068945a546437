using System.Net.Sockets;
using System.Net.WebSockets;
using Keker.Benchmarks.Common;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>The <c>soak --chaos</c> command: clients of a real kekerd whose connections are cut all the time, and nothing may be lost.</summary>
internal static class ChaosCommand
{
    private const int Success = 0;
    private const int Violated = 1;
    private const int Misused = 2;

    public static int Run(string[] args)
    {
        if (args is ["--help"])
        {
            Console.WriteLine(ChaosOptions.Usage);
            return Success;
        }
        string path = KekerBinary.Path;
        if (ChaosOptions.Parse(args) is not { } options || !File.Exists(path))
        {
            Console.Error.WriteLine(File.Exists(path) ? ChaosOptions.Usage : $"{path} was not found\n{ChaosOptions.Usage}");
            return Misused;
        }
        return RunAsync(path, options).GetAwaiter().GetResult() ? Success : Violated;
    }

    private static async Task<bool> RunAsync(string path, ChaosOptions options)
    {
        Console.WriteLine(
            $"{options.Clients} clients, {options.TaggedPercent} % with keker.v2, {options.Topics} named topics, {options.Rate} messages/s each, for {options.Minutes} min, seed {options.Seed}; kekerd {string.Join(' ', options.ServerOptions)}");
        await using ServerProcess server = await ServerProcess.StartAsync(path, options.ServerOptions);
        using var run = new ChaosRun(server, options);
        string? cutShort = null;
        try
        {
            await run.RunAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or WebSocketException or InvalidDataException or TimeoutException)
        {
            cutShort = $"the run was cut short: {e.Message}{(server.HasExited ? ", kekerd has exited" : "")}";
        }
        return run.Report(cutShort);
    }
}
