using System.Diagnostics;
using Keker.Benchmarks.Load.Reports;

namespace Keker.Benchmarks.Load;

/// <summary>A line a second on standard error.</summary>
/// <param name="name">The peer, and the round if there are several.</param>
internal sealed class Progress(string name)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StallAfter = TimeSpan.FromSeconds(3);

    public void Say(string text) => Console.Error.WriteLine($"{name}: {text}");

    /// <summary>Waits for some time, and tells meanwhile how it goes.</summary>
    /// <param name="what">What the time is for.</param>
    /// <param name="time">How long.</param>
    /// <param name="count">Grows; a wait in which it does not is cut short.</param>
    /// <param name="unit">What it counts, or null to tell only of the time.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="RunFailedException">The count has stood still for 3 seconds.</exception>
    public async Task WaitAsync(string what, TimeSpan time, Func<long> count, string? unit, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        long first = count();
        long last = first;
        long lastChange = start;
        for (TimeSpan until = TimeSpan.Zero; until < time;)
        {
            until = until + Second < time ? until + Second : time;
            TimeSpan left = until - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, stop);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            long now = count();
            Say($"{what} {elapsed.TotalSeconds,3:0} s{(unit is null ? "" : $"  {Format.Whole((now - first) / elapsed.TotalSeconds)} {unit}/s")}");
            if (now != last)
                (last, lastChange) = (now, Stopwatch.GetTimestamp());
            else if (unit is not null && Stopwatch.GetElapsedTime(lastChange) >= StallAfter)
                throw new RunFailedException($"nothing has moved for {StallAfter.TotalSeconds:0} s");
        }
    }
}
