using System.Net;
using Keker.Benchmarks.Common;
using Keker.Benchmarks.Common.Proxy;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>Everybody who takes part in a run, and the streams that are published to them.</summary>
internal sealed class Population
{
    private const int JoinsAtOnce = 20;

    /// <summary>Every so many-th token also has a session that is never cut: it gets everything exactly once.</summary>
    private const int StableEach = 10;

    /// <summary>Every so many-th client is only ever reset.</summary>
    private const int ResetOnlyEach = 4;

    /// <summary>Every so many-th session of the crowd is cut.</summary>
    private const int CutEach = 25;

    /// <summary>Every so many-th client is cut silently just before SIGTERM.</summary>
    private const int VanishEach = 3;

    private readonly ServerProcess _server;
    private readonly ChaosOptions _options;
    private readonly Totals _totals;
    private readonly ChaosTotals _chaos;
    private readonly CuttingProxy _proxy;
    private readonly MessageStream _broadcasts = new(MessageCheck.Broadcasts, "everybody");
    private readonly MessageStream[] _topics;
    private readonly ChaosClient[] _clients;
    private readonly ChaosClient[] _crowd;
    private readonly PickyClient[] _picky;
    private readonly SteadySubscriber[] _stable;

    public Population(ServerProcess server, ChaosOptions options, Totals totals, ChaosTotals chaos, CuttingProxy proxy)
    {
        (_server, _options, _totals, _chaos, _proxy) = (server, options, totals, chaos, proxy);
        int index = 0;
        MessageStream[] own = [.. Enumerable.Range(0, options.Clients).Select(i => new MessageStream(index++, $"chaos-{i}") { Steady = i % StableEach == 0 ? 1 : 0 })];
        _topics = [.. Enumerable.Range(0, options.Topics).Select(i => new MessageStream(index++, $"topic-{i}") { Field = "Topic" })];
        MessageStream[] picky =
        [
            .. Enumerable.Range(0, options.Picky).Select(i => new MessageStream(index++, $"picky-{i}") { Steady = 1, LargeFrom = PickyClient.MostBytes / 2 }),
        ];
        MessageStream[] crowd = options.Crowd == 0 ? [] : [new MessageStream(index, "crowd") { Steady = options.Crowd - options.Crowd / CutEach }];
        Streams = new ChaosStreams([.. own.Take(options.Heavy)], [.. own.Skip(options.Heavy), .. _topics], picky, crowd);
        _clients = [.. own.Select(MakeClient)];
        _crowd = [.. crowd.SelectMany(stream => Enumerable.Range(0, options.Crowd / CutEach).Select(i => MakeCrowdClient(stream, i)))];
        _picky = [.. picky.Select(stream => new PickyClient(server.EndPoint, totals, chaos, PickyCheckOf(stream)))];
        _stable =
        [
            .. own.Concat(picky).Concat(crowd).SelectMany(stream => Enumerable.Repeat(stream, stream.Steady))
                .Select(stream => new SteadySubscriber(server.EndPoint, totals, stream, _broadcasts, compressed: false)),
        ];
    }

    /// <summary>What is published.</summary>
    public ChaosStreams Streams { get; }

    public IEnumerable<ChaosClient> Clients => [.. _clients, .. _crowd];

    public bool HasEverything => Clients.All(client => client.HasEverything) && Array.TrueForAll(_stable, stable => stable.HasEverything)
        && Array.TrueForAll(_picky, picky => picky.HasEverything);

    /// <summary>Brings everybody in, before anything is published, and makes sure that everybody is subscribed.</summary>
    public async Task JoinAsync()
    {
        await InTurnAsync(_clients, client => client.JoinAsync());
        await InTurnAsync(_picky, picky => picky.JoinAsync());
        await InTurnAsync(_stable, stable => stable.JoinAsync());

        // Last, so that the server finds many others before it finds those of them that are dead.
        await InTurnAsync(_crowd, client => client.JoinAsync());
        foreach ((int topic, int subscribers) in Enumerable.Range(0, _options.Clients).Select(_options.TopicOf).OfType<int>().CountBy(topic => topic))
            await Greeting.SayAsync(_server.EndPoint, _topics[topic], subscribers);
    }

    /// <summary>Some are cut silently, and do not come back yet.</summary>
    public async Task<IReadOnlyList<ChaosClient>> VanishAsync()
    {
        ChaosClient[] some = [.. Clients.Where((_, i) => i % VanishEach == 0)];
        await Task.WhenAll(some.Select(client => client.VanishAsync()));
        return some;
    }

    /// <summary>Everybody now expects the server's goodbye, but for those who would not understand why it comes.</summary>
    public async Task BeginDrainAsync()
    {
        await Task.WhenAll(_picky.Select(picky => picky.StayAwayAsync()));
        foreach (ChaosClient client in Clients)
            client.BeginDrain();
        Array.ForEach(_stable, stable => stable.BeginDrain());
    }

    public Task EndDrainAsync() => Task.WhenAll([.. Clients.Select(client => client.EndDrainAsync()), .. _stable.Select(stable => stable.EndDrainAsync())]);

    public async Task LeaveAsync()
    {
        await InTurnAsync(_stable, stable => stable.LeaveAsync());
        await InTurnAsync(_picky, picky => picky.LeaveAsync());
        await InTurnAsync([.. Clients], client => client.LeaveAsync());
    }

    private ChaosClient MakeClient(MessageStream own)
    {
        bool isTagged = _options.IsTagged(own.Index);
        var ownCheck = new StreamCheck(_totals, isTagged ? _chaos.Tagged : _chaos.Plain, own, mayRepeat: !isTagged);
        StreamCheck? named = _options.TopicOf(own.Index) is { } topic
            ? new StreamCheck(_totals, isTagged ? _chaos.TaggedNamed : _chaos.PlainNamed, _topics[topic], mayRepeat: !isTagged)
            : null;
        DeliveryCheck check = isTagged ? new TaggedCheck(_totals, ownCheck, named) : new PlainCheck(_totals, ownCheck, named);
        return MakeClient(check, new CutHabits(ResetOnly: own.Index % ResetOnlyEach == 0, Leaves: _options.Leaves, AwaySeconds: _options.AwaySeconds), own.Index);
    }

    private ChaosClient MakeCrowdClient(MessageStream crowd, int i) =>
        MakeClient(new PlainCheck(_totals, new StreamCheck(_totals, _chaos.Crowd, crowd, mayRepeat: true), null), new CutHabits(SilentOnly: true), crowd.Index + i);

    private ChaosClient MakeClient(DeliveryCheck check, CutHabits habits, int index) =>
        new(Secure(_proxy.EndPoint), _proxy, _totals, _chaos, check, habits, _options.SeedOf(index));

    private DeliveryCheck PickyCheckOf(MessageStream own)
    {
        bool isTagged = _options.IsTagged(own.Index);
        var check = new StreamCheck(_totals, isTagged ? _chaos.TaggedPicky : _chaos.PlainPicky, own, mayRepeat: !isTagged, mayMissLarge: true);
        return isTagged ? new TaggedCheck(_totals, check, null) : new PlainCheck(_totals, check, null);
    }

    private IPEndPoint Secure(IPEndPoint proxy) => _server.EndPoint is TlsEndPoint tls ? tls.At(proxy) : proxy;

    private static async Task InTurnAsync<T>(T[] all, Func<T, Task> act)
    {
        foreach (T[] some in all.Chunk(JoinsAtOnce))
            await Task.WhenAll(some.Select(act));
    }
}
