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
        using var certificate = new ServerCertificate();
        List<Task<(ChaosRun Run, string? CutShort)>> runs = [RunAsync("chaos", path, options, null)];
        if (options.TlsClients > 0)
            runs.Add(RunAsync("chaos with TLS", path, options.ForTls(), certificate));
        bool isRight = true;
        foreach ((ChaosRun run, string? cutShort) in await Task.WhenAll(runs))
        {
            using (run)
                isRight &= run.Report(cutShort);
        }
        return isRight;
    }

    private static async Task<(ChaosRun Run, string? CutShort)> RunAsync(string name, string path, ChaosOptions options, ServerCertificate? certificate)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(path, options.ServerOptions, certificate);
        Console.WriteLine(
            $"{name}: {options.Clients} clients, {options.TaggedPercent} % with keker.v2, {options.Topics} named topics, {options.Rate} messages/s each, a token of {options.Crowd} sessions, "
            + $"{options.Picky} clients with a read limit, {options.Restarts} restarts, for {options.Minutes} min, seed {options.Seed}; kekerd {string.Join(' ', options.ServerOptions)}");
        var run = new ChaosRun(name, server, options);
        try
        {
            await run.RunAsync();
            return (run, null);
        }
        catch (Exception e) when (e is IOException or SocketException or WebSocketException or InvalidDataException or TimeoutException)
        {
            return (run, $"the run was cut short: {e.Message}{(server.HasExited ? ", kekerd has exited" : "")}");
        }
    }
}
