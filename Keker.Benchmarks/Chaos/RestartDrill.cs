using System.Diagnostics;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>
/// SIGTERM in the middle. What was published before reaches everybody who has a connection before the goodbye, also those who are back after a silent
/// break and for whose start the server still waits. Then it is started again, with nothing.
/// </summary>
internal sealed class RestartDrill(ServerProcess server, Population people, ChaosTotals chaos)
{
    /// <summary>Some messages go to connections that are dead; less than a second, after which the server would not wait for those any more.</summary>
    private static readonly TimeSpan Absence = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest wait for the HELLOs to arrive; then the server begins to wait for the sessions before.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>To be called when nobody is cut any more.</summary>
    /// <param name="pausePublishers">Ends the publishing; all answers are there when it returns.</param>
    public async Task RunAsync(Func<Task> pausePublishers)
    {
        IReadOnlyList<ChaosClient> gone = await people.VanishAsync();
        await Task.Delay(Absence);
        await pausePublishers();
        long sessions = (await server.SampleAsync()).Sessions;
        await Task.WhenAll(gone.Select(client => client.ReturnAsync()));
        await people.BeginDrainAsync();
        for (long start = Stopwatch.GetTimestamp(); (await server.SampleAsync()).Sessions < sessions + gone.Count && Stopwatch.GetElapsedTime(start) < Arrival;)
            await Task.Delay(Pause);
        Console.WriteLine("SIGTERM; everything that was published has to come before the goodbye");
        server.BeginDrain();
        await people.EndDrainAsync();
        if (await server.EndDrainAsync() != 0)
            chaos.BadExits.Increment();
        chaos.Restarts.Increment();
        await people.JoinAsync();
        Console.WriteLine("started again, and everybody is back");
    }
}
