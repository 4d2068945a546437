using System.Diagnostics;
using Keker.Benchmarks.Common.Proxy;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>
/// One run: clients join, are cut and come back while messages are published to all of them, and the server is started again in the middle; then
/// the cuts end, and everybody has to have everything.
/// </summary>
internal sealed class ChaosRun : IDisposable
{
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(3);

    private readonly string _name;
    private readonly ServerProcess _server;
    private readonly ChaosOptions _options;
    private readonly Totals _totals = new();
    private readonly ChaosTotals _chaos = new();
    private readonly CuttingProxy _proxy;
    private readonly Population _people;
    private readonly SampleTable _samples = new();
    private readonly ChaosReport _report;

    public ChaosRun(string name, ServerProcess server, ChaosOptions options)
    {
        _name = name;
        _server = server;
        _options = options;
        _proxy = new CuttingProxy(server.EndPoint, _chaos.Cuts);
        _people = new Population(server, options, _totals, _chaos, _proxy);
        foreach (DeliveryTotals kind in _chaos.Deliveries)
            kind.MayLose = options.Room > 0;
        _report = new ChaosReport(name, server, _totals, _chaos, _samples) { IsOverRoom = options.Room > 0 };
    }

    public async Task RunAsync()
    {
        _samples.Start = await _server.SampleAsync();
        await _people.JoinAsync();
        for (int restarts = 0; restarts <= _options.Restarts; restarts++)
            await CutAsync(TimeSpan.FromMinutes(_options.Minutes / (_options.Restarts + 1)), isLast: restarts == _options.Restarts);
        Say("nothing is cut or published any more");
        await WatchAsync(Soak.Load.Patience, () => _people.HasEverything);
        await _people.LeaveAsync();
        _proxy.ReleaseHeld();
        Say("everybody has left; what was kept for broken connections has to go");
        await WatchAsync(TimeSpan.FromSeconds(_options.ResumeSeconds) + Soak.Load.Patience, () => _report.FindLeaks().Length == 0);
    }

    /// <summary>Prints what has been counted and measured, and what is wrong with it.</summary>
    /// <param name="cutShort">Why the run could not be ended as it should; null when it could.</param>
    /// <returns>True when nothing is wrong.</returns>
    public bool Report(string? cutShort) => _report.Print(cutShort);

    public void Dispose() => _proxy.Dispose();

    /// <summary>Cuts and publishes for a while; then nobody is cut any more, and the server is restarted unless this was the last time.</summary>
    private async Task CutAsync(TimeSpan time, bool isLast)
    {
        using var quiet = new CancellationTokenSource();
        using var stop = new CancellationTokenSource();
        Task[] publishers = [.. _people.Streams.MakePublishers(_server.EndPoint, _totals, _options).Select(publisher => Task.Run(() => publisher.RunAsync(quiet.Token)))];
        Task[] clients = [.. _people.Clients.Select(client => Task.Run(() => client.RunAsync(stop.Token)))];
        await WatchAsync(time, () => false);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        if (!isLast)
            await new RestartDrill(_server, _people, _chaos).RunAsync(PauseAsync);
        else
            await PauseAsync();

        async Task PauseAsync()
        {
            await quiet.CancelAsync();
            await Task.WhenAll(publishers);
        }
    }

    /// <summary>A line every few seconds, until the time is up or there is no more to wait for.</summary>
    private async Task WatchAsync(TimeSpan most, Func<bool> isOver)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan? cpu = null;
        long last = start;
        for (TimeSpan elapsed = default; elapsed < most && !isOver() && !_server.HasExited; elapsed = Stopwatch.GetElapsedTime(start))
        {
            await Task.Delay(most - elapsed < Line ? most - elapsed : Line);
            ServerSample sample = await _server.SampleAsync();
            long now = Stopwatch.GetTimestamp();
            _samples.End = sample;
            _samples.Peak = _samples.Peak.Max(sample);
            if (_samples.Warm == default)
                _samples.Warm = sample;
            Say(
                $"{Stopwatch.GetElapsedTime(start, now).TotalSeconds,5:0} s  published {_totals.Published.Value}, received {_totals.Delivered.Value + _chaos.Deliveries.Sum(kind => kind.Received.Value)}, "
                + $"violations {_report.Violations}, repeated {_chaos.Deliveries.Sum(kind => kind.Repeated.Value)}, cuts {_chaos.Cuts.ByKind.Sum(cuts => cuts.Value)}, unnoticed {_chaos.UnnoticedShare:P0}; "
                + $"sessions {sample.Sessions}, log {sample.LogBytes >> 10} KiB, RSS {sample.ResidentBytes >> 20} MiB"
                + (cpu is { } before ? $", CPU {(sample.Cpu - before) / Stopwatch.GetElapsedTime(last, now):P0}" : ""));
            (cpu, last) = (sample.Cpu, now);
        }
    }

    private void Say(string what) => Console.WriteLine($"{_name}: {what}");
}
