using Keker.Server.Net;
using Keker.Server.Observability;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Net;

internal sealed class UnfinishedInputTests
{
    private readonly List<SocketPair> _sockets = [];
    private FakeTimeProvider _time = null!;
    private MonotonicClock _clock = null!;
    private ConnectionTable _connections = null!;
    private InputBuffers _buffers = null!;
    private UnfinishedInput _unfinished = null!;

    [SetUp]
    public void Start()
    {
        _time = new FakeTimeProvider();
        _clock = new MonotonicClock(_time);
        _connections = new ConnectionTable(int.MaxValue, 0, new Counters());
        _buffers = new InputBuffers(new UnfinishedBudget(1 << 20));
        _unfinished = new UnfinishedInput(_connections, _buffers.Budget, _clock);
    }

    [TearDown]
    public void CloseSockets()
    {
        foreach (SocketPair pair in _sockets)
            pair.Dispose();
        _sockets.Clear();
    }

    [Test]
    public void An_eighth_of_the_unfinished_goes_the_slowest_first()
    {
        RecordingPhase[] phases = [.. Enumerable.Range(1, 20).Select(i => Add(unfinishedSince: 1000 - i))];
        RecordingPhase idle = Add(unfinishedSince: 0);
        RecordingPhase young = Add(unfinishedSince: 4500);
        _time.Advance(TimeSpan.FromSeconds(5));

        _unfinished.EndSlowest();

        Assert.That(phases.Select(phase => phase.HasGivenUp), Is.EqualTo(Enumerable.Range(1, 20).Select(i => i > 17)));
        Assert.That((idle.HasGivenUp, young.HasGivenUp), Is.EqualTo((false, false)));
    }

    [Test]
    public void Of_strangers_the_newest_go_but_none_that_has_just_come()
    {
        RecordingPhase known = Add(unfinishedSince: 0, isStranger: false);
        List<RecordingPhase> strangers = [];
        for (int i = 0; i < 100; i++)
        {
            strangers.Add(Add(unfinishedSince: 0, isStranger: true));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        RecordingPhase newcomer = Add(unfinishedSince: 0, isStranger: true);

        _unfinished.EndNewestStrangers();

        Assert.That(strangers.Select(phase => phase.HasGivenUp), Is.EqualTo(Enumerable.Range(0, 100).Select(i => i >= 36)));
        Assert.That((known.HasGivenUp, newcomer.HasGivenUp), Is.EqualTo((false, false)));
    }

    private RecordingPhase Add(long unfinishedSince, bool isStranger = false)
    {
        var pair = SocketPair.Create();
        _sockets.Add(pair);
        var phase = new RecordingPhase { UnfinishedSince = unfinishedSince };
        var connection = new Connection(new EngineSocket(pair.Server), isAdmin: false, _clock, _buffers) { Phase = phase };
        if (isStranger)
            connection.TryCountStranger();
        _connections.TryAdd(connection);
        return phase;
    }
}
