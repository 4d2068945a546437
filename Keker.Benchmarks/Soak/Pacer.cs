using System.Diagnostics;

namespace Keker.Benchmarks.Soak;

/// <summary>Keeps one task to a rate. What was missed while it was late by more than a second is not made up for.</summary>
internal sealed class Pacer(double perSecond)
{
    private long _start = Stopwatch.GetTimestamp();
    private long _count;

    /// <summary>Waits until so many more are due.</summary>
    public Task WaitAsync(int count, CancellationToken stop)
    {
        _count += count;
        double ahead = _count / perSecond - Stopwatch.GetElapsedTime(_start).TotalSeconds;
        if (ahead < -1)
        {
            _start = Stopwatch.GetTimestamp();
            _count = 0;
        }
        return ahead > 0.001 ? Task.Delay(TimeSpan.FromSeconds(ahead), stop) : Task.CompletedTask;
    }
}
