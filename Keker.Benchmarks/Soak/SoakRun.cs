using System.Diagnostics;

namespace Keker.Benchmarks.Soak;

/// <summary>One run: subscribers join, everything goes on for the given time, the load ends, and the server has to become quiet.</summary>
internal sealed class SoakRun
{
    private const int JoinsAtOnce = 20;

    /// <summary>What may be left: the connection on which this program asks, and descriptors that come and go by themselves.</summary>
    private const long SpareDescriptors = 8;

    private const double MostGrowth = 1.5;
    private const long SpareBytes = 32L << 20;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ServerProcess _server;
    private readonly TimeSpan _duration;
    private readonly Totals _totals = new();
    private readonly MessageStream[] _streams = [.. Enumerable.Range(0, Load.Tokens).Select(i => new MessageStream(i, $"steady-{i}"))];
    private readonly MessageStream _heavy = new(Load.Tokens, "heavy");
    private readonly MessageStream _broadcasts = new(MessageCheck.Broadcasts, "everybody");
    private readonly List<SteadySubscriber> _steady = [];
    private readonly SampleTable _samples = new();

    public SoakRun(ServerProcess server, TimeSpan duration)
    {
        _server = server;
        _duration = duration;
        foreach (MessageStream stream in _streams)
            AddSubscribers(stream, Load.SubscribersPerToken);
        AddSubscribers(_heavy, Load.HeavySubscribers);
    }

    /// <summary>Caches, code and buffers are warm after a fifth of the time, and after a minute at the latest.</summary>
    private TimeSpan WarmUp => _duration / 5 < TimeSpan.FromMinutes(1) ? _duration / 5 : TimeSpan.FromMinutes(1);

    /// <summary>True when the run could not be ended as it should, so that nothing can be said about its end.</summary>
    public bool IsCutShort { get; set; }

    public async Task RunAsync()
    {
        _samples.Start = await _server.SampleAsync();
        await JoinAsync();
        using (var stop = new CancellationTokenSource())
        {
            Task[] workers = [.. MakeWorkers().Select(worker => Task.Run(() => worker.RunAsync(stop.Token)))];
            await WatchAsync();
            await stop.CancelAsync();
            await Task.WhenAll(workers);
        }
        await WaitAsync("the last messages", () => Task.FromResult(_steady.TrueForAll(subscriber => subscriber.HasEverything)));
        foreach (SteadySubscriber subscriber in _steady)
            await subscriber.LeaveAsync();
        await WaitAsync("the server to become quiet", async () =>
        {
            _samples.End = await _server.SampleAsync();
            return FindLeaks().Length == 0;
        });
    }

    /// <summary>Prints what has been counted and measured, and what is wrong with it.</summary>
    /// <returns>True when nothing is.</returns>
    public bool Report()
    {
        Console.WriteLine();
        _samples.Print();
        Console.WriteLine();
        foreach ((string name, long value, bool mustBeZero) in _totals.All)
            Console.WriteLine($"{name,-24} {value,12}{(mustBeZero && value != 0 ? "   FAILED" : "")}");

        string[] failures =
        [
            .. _totals.All.Where(total => total.MustBeZero && total.Value != 0).Select(total => $"{total.Name}: {total.Value}"),
            .. FindLeaks(),
            .. _server.InternalErrors > 0 ? [$"errors in the log of the server: {_server.InternalErrors}"] : Array.Empty<string>(),
            .. IsCutShort ? ["cut short"] : Array.Empty<string>(),
            .. _totals.Published.Value == 0 ? ["nothing was published"] : Array.Empty<string>(),
        ];
        Console.WriteLine();
        Console.WriteLine(failures.Length == 0 ? "soak: passed" : $"soak: FAILED: {string.Join("; ", failures)}");
        return failures.Length == 0;
    }

    private void AddSubscribers(MessageStream stream, int count)
    {
        for (int i = 0; i < count; i++)
            _steady.Add(new SteadySubscriber(_server.EndPoint, _totals, stream, _broadcasts, compressed: i % Load.CompressedEach == 0));
        stream.Steady = count;
        _broadcasts.Steady += count;
    }

    private async Task JoinAsync()
    {
        foreach (SteadySubscriber[] some in _steady.Chunk(JoinsAtOnce))
            await Task.WhenAll(some.Select(subscriber => subscriber.JoinAsync()));
        await WaitAsync("all subscribers to be there", async () => (await _server.SampleAsync()).Sessions == _steady.Count);
    }

    private IEnumerable<Worker> MakeWorkers()
    {
        for (int i = 0; i < Load.Publishers; i++)
        {
            MessageStream[] own = [.. _streams.Where(stream => stream.Index % Load.Publishers == i)];
            yield return new SoakPublisher(
                _server.EndPoint, _totals, own, (double)Load.MessagesPerSecond / Load.Publishers, i % 2 == 0 ? Load.Pipelined : 1, () => Payload.RandomLength());
        }
        yield return new SoakPublisher(_server.EndPoint, _totals, [_heavy], Load.HeavyPerSecond, 1, () => Payload.MaxLength);
        yield return new Broadcaster(_server.EndPoint, _totals, _broadcasts);
        for (int i = 0; i < Load.Churners; i++)
            yield return new Churner(_server.EndPoint, _totals, _streams, i);
        for (int i = 0; i < Load.SlowReaders; i++)
            yield return new SlowReader(_server.EndPoint, _totals, _heavy);
        for (int i = 0; i < Load.Abusers; i++)
            yield return new Abuser(_server.EndPoint, _totals);
        for (int i = 0; i < Load.SlowAbusers; i++)
            yield return new SlowAbuser(_server.EndPoint, _totals, i);
    }

    /// <summary>A line every second, until the time is up or the server is gone.</summary>
    private async Task WatchAsync()
    {
        var pacer = new Pacer(1 / Second.TotalSeconds);
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = _samples.Start.Cpu;
        long last = start;
        while (Stopwatch.GetElapsedTime(start) < _duration && !_server.HasExited)
        {
            await pacer.WaitAsync(1, CancellationToken.None);
            ServerSample sample = await _server.SampleAsync();
            long now = Stopwatch.GetTimestamp();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start, now);
            _samples.Peak = _samples.Peak.Max(sample);
            if (elapsed <= WarmUp || _samples.Warm == default)
                _samples.Warm = sample;
            Console.WriteLine(
                $"{elapsed.TotalSeconds,5:0} s  published {_totals.Published.Value}, delivered {_totals.Delivered.Value}, lost {_totals.Lost.Value}, "
                + $"duplicated {_totals.Duplicated.Value}, misrouted {_totals.Misrouted.Value}, reconnects {_totals.Reconnects.Value}; "
                + $"RSS {sample.ResidentBytes >> 20} MiB, {sample.Descriptors} descriptors, {sample.Threads} threads, "
                + $"CPU {(sample.Cpu - cpu) / Stopwatch.GetElapsedTime(last, now):P0}");
            (cpu, last) = (sample.Cpu, now);
        }
    }

    /// <summary>What is still there although nobody is.</summary>
    private string[] FindLeaks()
    {
        ServerSample start = _samples.Start;
        ServerSample end = _samples.End;
        double mostBytes = _samples.Warm.ResidentBytes * MostGrowth + SpareBytes;
        (string Name, long Value, double Most)[] bounds =
        [
            ("descriptors", end.Descriptors, start.Descriptors + SpareDescriptors),
            ("sessions", end.Sessions, start.Sessions),
            ("connections", end.Connections, start.Connections + SpareDescriptors),
            ("bytes of messages", end.LogBytes, start.LogBytes),
            ("resident bytes", end.ResidentBytes, mostBytes),
        ];
        return [.. bounds.Where(bound => bound.Value > bound.Most).Select(bound => $"{bound.Name} at the end: {bound.Value}, at most {bound.Most:0} are right")];
    }

    /// <summary>Waits for what has to come; when it does not, what is measured next will say so.</summary>
    private static async Task WaitAsync(string what, Func<Task<bool>> isThere)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await isThere())
        {
            if (Stopwatch.GetElapsedTime(start) > Load.Patience)
            {
                Console.Error.WriteLine($"soak: waited {Load.Patience.TotalSeconds} s for {what} in vain");
                return;
            }
            await Task.Delay(Second / 4);
        }
    }
}
