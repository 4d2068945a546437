using System.Diagnostics;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Fuzz.Live;

/// <summary>Strangers send what parsers must not take to a real server, while canaries watch that it serves; then everything has to come back.</summary>
internal sealed class LiveRun(ServerProcess server, Totals totals, TimeSpan duration, int seed)
{
    private const int Attackers = 64;
    private const int Canaries = 4;
    private const long SpareDescriptors = 8;
    private const double MostGrowth = 1.5;
    private const long SpareBytes = 32L << 20;

    private static readonly TimeSpan Line = TimeSpan.FromSeconds(5);

    private readonly LiveJournal _journal = new();
    private readonly Canary[] _canaries = [.. Enumerable.Range(0, Canaries).Select(i => new Canary(server.EndPoint, totals, i, i % 2 == 1))];
    private ServerSample _start;
    private ServerSample _warm;
    private ServerSample _end;

    public async Task RunAsync()
    {
        var seeds = new LiveSeeds();
        _start = await server.SampleAsync();
        using var stop = new CancellationTokenSource();
        using var quiet = new CancellationTokenSource();
        Task[] canaries = [.. _canaries.Select(canary => canary.RunAsync(quiet.Token))];
        Task[] attackers = [.. Enumerable.Range(0, Attackers).Select(i => Task.Run(() => new LiveAttacker(server.EndPoint, seeds, _journal, seed + i).RunAsync(stop.Token)))];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < duration && !server.HasExited && !Array.Exists(canaries, canary => canary.IsCompleted))
        {
            await Task.Delay(duration - elapsed < Line ? duration - elapsed : Line);
            _end = await server.SampleAsync();
            if (_warm == default || elapsed < duration / 4)
                _warm = _end;
            Console.WriteLine(
                $"{Stopwatch.GetElapsedTime(start).TotalSeconds,5:0} s  inputs {_journal.Count}, canaries got {totals.Delivered.Value}, slowest {_canaries.Max(canary => canary.Slowest).TotalMilliseconds:0} ms; "
                + $"connections {_end.Connections}, {_end.Descriptors} descriptors, RSS {_end.ResidentBytes >> 20} MiB");
        }
        await stop.CancelAsync();
        await Task.WhenAll(attackers);
        await quiet.CancelAsync();
        await Task.WhenAll(canaries);
        for (start = Stopwatch.GetTimestamp(); FindLeaks().Length > 0 && Stopwatch.GetElapsedTime(start) < Soak.Load.Patience; await Task.Delay(Line / 5))
            _end = await server.SampleAsync();
    }

    /// <summary>Prints what happened, and keeps the last inputs where something is wrong.</summary>
    /// <param name="cutShort">Why the run could not be ended as it should; null when it could.</param>
    /// <returns>True when nothing is wrong.</returns>
    public bool Report(string? cutShort)
    {
        string[] failures =
        [
            .. totals.All.Where(total => total.MustBeZero && total.Value != 0).Select(total => $"{total.Name}: {total.Value}"),
            .. server.InternalErrors > 0 ? [$"errors in the log of the server: {server.InternalErrors}"] : Array.Empty<string>(),
            .. cutShort is null ? FindLeaks() : [cutShort],
            .. totals.Delivered.Value == 0 ? ["the canaries got nothing"] : Array.Empty<string>(),
        ];
        Console.WriteLine(
            $"\n{_journal.Count} inputs; the canaries got {totals.Delivered.Value} of {totals.Published.Value} messages, the slowest after {_canaries.Max(canary => canary.Slowest).TotalMilliseconds:0} ms; "
            + $"RSS {_start.ResidentBytes >> 20}, {_warm.ResidentBytes >> 20}, {_end.ResidentBytes >> 20} MiB (start, warm, end), descriptors {_start.Descriptors}, {_end.Descriptors} (start, end)");
        Console.WriteLine(failures.Length == 0 ? "live: passed" : $"live: FAILED: {string.Join("; ", failures)}; the last inputs are in {_journal.Save()}");
        return failures.Length == 0;
    }

    /// <summary>What is still there although nobody is. Messages may be: some inputs publish them with a TTL of days.</summary>
    private string[] FindLeaks()
    {
        (string Name, long Value, double Most)[] bounds =
        [
            ("descriptors", _end.Descriptors, _start.Descriptors + SpareDescriptors),
            ("sessions", _end.Sessions, _start.Sessions),
            ("connections", _end.Connections, _start.Connections),
            ("resident bytes", _end.ResidentBytes, _warm.ResidentBytes * MostGrowth + SpareBytes),
        ];
        return [.. bounds.Where(bound => bound.Value > bound.Most).Select(bound => $"{bound.Name} at the end: {bound.Value}, at most {bound.Most:0} are right")];
    }
}
