using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using Keker.Benchmarks.Chaos;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>The <c>soak</c> command: mixed load on a real kekerd, everything verified, for a number of minutes.</summary>
internal static class SoakCommand
{
    private const string Chaos = "--chaos";

    private const int Success = 0;
    private const int Violated = 1;
    private const int Misused = 2;

    private const double DefaultMinutes = 10;

    private const string Usage = """
        Usage: Keker.Benchmarks soak [MINUTES]
               Keker.Benchmarks soak --chaos [MINUTES] [OPTION]...

        Starts the kekerd that the environment variable KEKERD names, else out/kekerd. ./build.sh soak [MINUTES] builds it first.
        """;

    private static string[] ServerOptions =>
        ["--compression", "on", "--lag", $"{Load.Lag}", "--timeout", $"{Load.Timeout}"];

    public static int Run(string[] args)
    {
        if (args is [Chaos, .. string[] rest])
            return ChaosCommand.Run(rest);
        double minutes = DefaultMinutes;
        bool isMinutes = args is [] || (args is [string text]
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out minutes) && minutes > 0);
        string path = KekerBinary.Path;
        if (!isMinutes || !File.Exists(path))
        {
            Console.Error.WriteLine(isMinutes ? $"{path} was not found\n{Usage}" : Usage);
            return Misused;
        }
        return RunAsync(path, TimeSpan.FromMinutes(minutes)).GetAwaiter().GetResult() ? Success : Violated;
    }

    private static async Task<bool> RunAsync(string path, TimeSpan duration)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(path, ServerOptions);
        var run = new SoakRun(server, duration);
        try
        {
            await run.RunAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or WebSocketException or InvalidDataException or TimeoutException)
        {
            Console.Error.WriteLine($"soak: the run was cut short: {e.Message}{(server.HasExited ? ", kekerd has exited" : "")}");
            run.IsCutShort = true;
        }
        return run.Report();
    }
}
