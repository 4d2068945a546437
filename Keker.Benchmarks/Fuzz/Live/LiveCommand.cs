using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using Keker.Benchmarks.Common;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Fuzz.Live;

/// <summary>The <c>fuzz live</c> command: a real kekerd under mutated input.</summary>
internal static class LiveCommand
{
    private const int Success = 0;
    private const int Violated = 1;

    /// <summary>What strangers leave behind has to be gone soon after.</summary>
    private static readonly string[] Options = ["--timeout", "10", "--cache", "2s", "--compression", "on", "--echo"];

    /// <param name="minutes">How long, as given.</param>
    /// <param name="seed">Makes all choices; another one in each run unless it is given.</param>
    /// <returns>Null when this is not understood.</returns>
    public static int? Run(string minutes, string? seed)
    {
        if (!double.TryParse(minutes, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double time) || time <= 0)
            return null;
        int chosen = Random.Shared.Next();
        if (seed is not null && !int.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out chosen))
            return null;
        if (!File.Exists(KekerBinary.Path))
        {
            Console.Error.WriteLine($"{KekerBinary.Path} was not found");
            return null;
        }
        return RunAsync(TimeSpan.FromMinutes(time), chosen).GetAwaiter().GetResult() ? Success : Violated;
    }

    private static async Task<bool> RunAsync(TimeSpan duration, int seed)
    {
        Console.WriteLine($"live: {duration.TotalMinutes} min, seed {seed}; kekerd {string.Join(' ', Options)}");
        await using ServerProcess server = await ServerProcess.StartAsync(KekerBinary.Path, Options);
        var run = new LiveRun(server, new Totals(), duration, seed);
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
