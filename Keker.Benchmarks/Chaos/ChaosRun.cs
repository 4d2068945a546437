using System.Diagnostics;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>One run: clients join, are cut and come back while messages are published to all of them; then the cuts end, and everybody has to have everything.</summary>
internal sealed class ChaosRun : IDisposable
{
    private const int JoinsAtOnce = 20;
    private const int Publishers = 6;

    /// <summary>Requests that every other publisher sends before it reads the answers.</summary>
    private const int Pipelined = 8;

    /// <summary>Every so many-th message is large.</summary>
    private const int LargeEach = 20;
    private const int LeastLarge = 1 << 10;
    private const int MostLarge = 16 << 10;
    private const int MostSmall = 400;

    /// <summary>Every so many-th token also has a session that is never cut: it gets everything exactly once.</summary>
    private const int StableEach = 10;

    /// <summary>In most reconnects the server must not know yet that the old connection is dead, or the run has not shown what it is for.</summary>
    private const double LeastUnnoticed = 0.5;

    /// <summary>The connection on which this program asks, and descriptors that come and go by themselves.</summary>
    private const long SpareDescriptors = 8;

    private static readonly TimeSpan Line = TimeSpan.FromSeconds(3);

    private readonly ServerProcess _server;
    private readonly ChaosOptions _options;
    private readonly Totals _totals = new();
    private readonly ChaosTotals _chaos = new();
    private readonly CuttingProxy _proxy;
    private readonly MessageStream[] _streams;
    private readonly MessageStream[] _topics;
    private readonly ChaosClient[] _clients;
    private readonly SteadySubscriber[] _stable;
    private readonly MessageStream _broadcasts = new(MessageCheck.Broadcasts, "everybody");
    private readonly SampleTable _samples = new();

    public ChaosRun(ServerProcess server, ChaosOptions options)
    {
        _server = server;
        _options = options;
        _proxy = new CuttingProxy(server.EndPoint, _chaos);
        _streams = [.. Enumerable.Range(0, options.Clients).Select(i => new MessageStream(i, $"chaos-{i}") { Steady = i % StableEach == 0 ? 1 : 0 })];
        _topics = [.. Enumerable.Range(0, options.Topics).Select(i => new MessageStream(options.Clients + i, $"topic-{i}") { Field = "Topic" })];
        _clients = [.. _streams.Select(stream => new ChaosClient(_proxy, _totals, _chaos, CheckOf(stream), stream.Index, SeedOf(options.Seed, stream.Index)))];
        _stable = [.. _streams.Where(stream => stream.Steady > 0)
            .Select(stream => new SteadySubscriber(server.EndPoint, _totals, stream, _broadcasts, compressed: false))];
    }

    public async Task RunAsync()
    {
        _samples.Start = await _server.SampleAsync();
        foreach (ChaosClient[] some in _clients.Chunk(JoinsAtOnce))
            await Task.WhenAll(some.Select(client => client.JoinAsync()));
        foreach (SteadySubscriber stable in _stable)
            await stable.JoinAsync();
        foreach ((int topic, int subscribers) in Enumerable.Range(0, _options.Clients).Select(_options.TopicOf).OfType<int>().CountBy(topic => topic))
            await Greeting.SayAsync(_server.EndPoint, _topics[topic], subscribers);

        using (var quiet = new CancellationTokenSource())
        using (var stop = new CancellationTokenSource())
        {
            Task[] publishers = [.. MakePublishers().Select(publisher => Task.Run(() => publisher.RunAsync(quiet.Token)))];
            Task[] clients = [.. _clients.Select(client => Task.Run(() => client.RunAsync(stop.Token)))];
            await WatchAsync(TimeSpan.FromMinutes(_options.Minutes), () => false);
            await stop.CancelAsync();
            await Task.WhenAll(clients);
            await quiet.CancelAsync();
            await Task.WhenAll(publishers);
        }
        Console.WriteLine("nothing is cut or published any more");
        await WatchAsync(Soak.Load.Patience, () => Array.TrueForAll(_clients, client => client.HasEverything) && Array.TrueForAll(_stable, stable => stable.HasEverything));
        foreach (SteadySubscriber stable in _stable)
            await stable.LeaveAsync();
        foreach (ChaosClient[] some in _clients.Chunk(JoinsAtOnce))
            await Task.WhenAll(some.Select(client => client.LeaveAsync()));
        _proxy.ReleaseHeld();
        Console.WriteLine("everybody has left; what was kept for broken connections has to go");
        await WatchAsync(TimeSpan.FromSeconds(_options.CacheSeconds) + Soak.Load.Patience, () => FindLeaks().Length == 0);
    }

    /// <summary>Prints what has been counted and measured, and what is wrong with it.</summary>
    /// <param name="cutShort">Why the run could not be ended as it should; null when it could.</param>
    /// <returns>True when nothing is wrong.</returns>
    public bool Report(string? cutShort)
    {
        Console.WriteLine();
        _samples.Print();
        Console.WriteLine();
        Console.WriteLine($"{"",-24} {"received",10} {"lost",8} {"disorder",8} {"dupl.",8} {"gaps",8} {"repeated after a break",24}");
        foreach (DeliveryTotals kind in _chaos.Deliveries)
        {
            Console.WriteLine(
                $"{kind.Name,-24} {kind.Received.Value,10} {kind.Lost.Value,8} {kind.Reordered.Value,8} {kind.Duplicated.Value,8} {kind.Gaps.Value,8} {kind.Repeated.Value,24}"
                + (kind.Violations != 0 ? "   FAILED" : ""));
        }
        Console.WriteLine();
        foreach ((string name, long value, bool mustBeZero) in Counts)
            Console.WriteLine($"{name,-44} {value,12}{(mustBeZero && value != 0 ? "   FAILED" : "")}");
        Console.WriteLine($"{"of them unnoticed",-44} {_chaos.UnnoticedShare,12:P1}");

        string[] failures =
        [
            .. Counts.Where(count => count.MustBeZero && count.Value != 0).Select(count => $"{count.Name}: {count.Value}"),
            .. _chaos.Deliveries.Where(kind => kind.Violations != 0).Select(kind => $"{kind.Name}: {kind.Violations}"),
            .. FindLeaks(),
            .. _chaos.UnnoticedShare < LeastUnnoticed ? ["too few unnoticed breaks"] : Array.Empty<string>(),
            .. cutShort is not null ? [cutShort] : Array.Empty<string>(),
            .. _totals.Published.Value == 0 ? ["nothing was published"] : Array.Empty<string>(),
        ];
        Console.WriteLine();
        Console.WriteLine(failures.Length == 0 ? "chaos: passed" : $"chaos: FAILED: {string.Join("; ", failures)}");
        return failures.Length == 0;
    }

    public void Dispose() => _proxy.Dispose();

    private (string Name, long Value, bool MustBeZero)[] Counts =>
    [
        ("published", _totals.Published.Value, false),
        ("received by those who are never cut", _totals.Delivered.Value, false),
        ("lost by them", _totals.Lost.Value, true),
        ("out of order for them", _totals.Reordered.Value, true),
        ("repeated to them", _totals.Duplicated.Value, true),
        ("corrupted", _totals.Corrupted.Value, true),
        ("misrouted", _totals.Misrouted.Value, true),
        ("connections ended by the server, or refused", _totals.Broken.Value, true),
        ("wrong answers to publishers", _totals.BadAnswers.Value, true),
        ("unconfirmedLost of the server", _samples.Peak.UnconfirmedLost, true),
        ("errors in the log of the server", _server.InternalErrors, true),
        ("cut by reset", _chaos.Cuts[(int)CutKind.Reset].Value, false),
        ("cut by silent drop", _chaos.Cuts[(int)CutKind.SilentDrop].Value, false),
        ("cut half-open", _chaos.Cuts[(int)CutKind.HalfOpen].Value, false),
        ("held sides that the server ended", _chaos.EndedByServer.Value, false),
        ("held sides that the proxy reset in the end", _chaos.HeldToTheEnd.Value, false),
        ("reconnects", _chaos.Reconnects.Value, false),
        ("reconnects before the break was noticed", _chaos.Unnoticed.Value, false),
    ];

    /// <summary>Differs for every client, and is the same in every run.</summary>
    private static int SeedOf(int seed, int index) => unchecked(((seed * 397) ^ index) * 0x5BD1E995) & int.MaxValue;

    private DeliveryCheck CheckOf(MessageStream own)
    {
        bool isTagged = _options.IsTagged(own.Index);
        var ownCheck = new StreamCheck(_totals, isTagged ? _chaos.Tagged : _chaos.Plain, own, mayRepeat: !isTagged);
        StreamCheck? namedCheck = _options.TopicOf(own.Index) is { } topic
            ? new StreamCheck(_totals, isTagged ? _chaos.TaggedNamed : _chaos.PlainNamed, _topics[topic], mayRepeat: !isTagged)
            : null;
        return isTagged ? new TaggedCheck(_totals, ownCheck, namedCheck) : new PlainCheck(_totals, ownCheck, namedCheck);
    }

    private IEnumerable<Publisher> MakePublishers()
    {
        MessageStream[] heavy = [.. _streams.Where(IsHeavy)];
        if (heavy.Length > 0)
            yield return new Publisher(_server.EndPoint, _totals, heavy, heavy.Length * ChaosOptions.HeavyRate, 1, () => Payload.MaxLength, mayWait: true);
        for (int i = 0; i < Publishers; i++)
        {
            MessageStream[] own = [.. _streams.Where(stream => !IsHeavy(stream)).Concat(_topics).Where(stream => stream.Index % Publishers == i)];
            var random = new Random(SeedOf(_options.Seed, -1 - i));
            int Length() => random.Next(LargeEach) == 0 ? random.Next(LeastLarge, MostLarge) : random.Next(Payload.MinLength, MostSmall);
            if (own.Length > 0)
                yield return new Publisher(_server.EndPoint, _totals, own, own.Length * _options.Rate, i % 2 == 0 ? Pipelined : 1, Length, mayWait: true);
        }
    }

    private bool IsHeavy(MessageStream stream) => stream.Index < _options.Heavy;

    /// <summary>A line every few seconds, until the time is up or there is no more to wait for.</summary>
    private async Task WatchAsync(TimeSpan most, Func<bool> isOver)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = _samples.End.Cpu;
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
            Console.WriteLine(
                $"{Stopwatch.GetElapsedTime(start, now).TotalSeconds,5:0} s  published {_totals.Published.Value}, received {_totals.Delivered.Value + _chaos.Deliveries.Sum(kind => kind.Received.Value)}, "
                + $"violations {_totals.Lost.Value + _totals.Reordered.Value + _totals.Duplicated.Value + _chaos.Deliveries.Sum(kind => kind.Violations)}, "
                + $"repeated {_chaos.Deliveries.Sum(kind => kind.Repeated.Value)}, cuts {_chaos.Cuts.Sum(cuts => cuts.Value)}, unnoticed {_chaos.UnnoticedShare:P0}; "
                + $"sessions {sample.Sessions}, log {sample.LogBytes >> 10} KiB, RSS {sample.ResidentBytes >> 20} MiB, "
                + $"CPU {(sample.Cpu - cpu) / Stopwatch.GetElapsedTime(last, now):P0}");
            (cpu, last) = (sample.Cpu, now);
        }
    }

    /// <summary>What is still there although nobody is.</summary>
    private string[] FindLeaks()
    {
        ServerSample start = _samples.Start;
        ServerSample end = _samples.End;
        (string Name, long Value, long Most)[] bounds =
        [
            ("descriptors", end.Descriptors, start.Descriptors + SpareDescriptors),
            ("sessions", end.Sessions, start.Sessions),
            ("bytes of messages", end.LogBytes, start.LogBytes),
        ];
        return [.. bounds.Where(bound => bound.Value > bound.Most).Select(bound => $"{bound.Name} at the end: {bound.Value}, at most {bound.Most} are right")];
    }
}
