using Keker.Server.Net;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Net;

internal sealed class HeartbeatTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private FakeTimeProvider _time = null!;
    private MonotonicClock _clock = null!;
    private ConnectionTable _connections = null!;
    private SocketPair _sockets = null!;
    private RecordingPhase _phase = null!;

    [SetUp]
    public void AddConnection()
    {
        _time = new FakeTimeProvider();
        _clock = new MonotonicClock(_time);
        _connections = new ConnectionTable(10, 0, new Counters());
        _sockets = SocketPair.Create();
        _phase = new RecordingPhase();
        _connections.TryAdd(new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _clock) { Phase = _phase });
    }

    [TearDown]
    public void CloseSockets() => _sockets.Dispose();

    [Test]
    public void Once_a_second_every_connection_and_the_rest_is_visited()
    {
        int others = 0;
        using var heartbeat = new Heartbeat(_connections, _clock, _time, Second, () => others++, NullLogger.Instance);

        for (int i = 0; i < 3; i++)
            _time.Advance(Second);

        Assert.That(_phase.Beats, Is.EqualTo(new long[] { 1000, 2000, 3000 }));
        Assert.That(others, Is.EqualTo(3));
    }

    [Test]
    public void A_connection_without_a_phase_is_passed_over()
    {
        using SocketPair sockets = SocketPair.Create();
        _connections.TryAdd(new Connection(new EngineSocket(sockets.Server), isAdmin: false, _clock));
        using var heartbeat = new Heartbeat(_connections, _clock, _time, Second, () => { }, NullLogger.Instance);

        _time.Advance(Second);

        Assert.That(_phase.Beats, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_mistake_with_one_connection_or_with_the_rest_is_logged_and_stops_nothing()
    {
        var log = new LogRecorder();
        using SocketPair sockets = SocketPair.Create();
        _connections.TryAdd(new Connection(new EngineSocket(sockets.Server), isAdmin: false, _clock) { Phase = new RecordingPhase() });
        _phase.Failure = new InvalidOperationException();
        using var heartbeat = new Heartbeat(_connections, _clock, _time, Second, () => throw new InvalidOperationException(), log);

        _time.Advance(Second);
        _time.Advance(Second);

        Assert.That(_phase.Beats, Has.Count.EqualTo(2));
        Assert.That(log.Lines, Has.Length.EqualTo(4));
    }

    [Test]
    public void Time_in_which_the_process_stood_still_counts_for_nobody()
    {
        using var heartbeat = new Heartbeat(_connections, _clock, _time, Second, () => { }, NullLogger.Instance);
        _time.Advance(Second);

        _time.Advance(TimeSpan.FromSeconds(30));
        _time.Advance(Second);

        Assert.That(_phase.Beats[^1], Is.EqualTo(3000), "the pause counts as one beat");
        Assert.That(_phase.Beats, Is.Ordered);
    }

    [Test]
    public void A_beat_that_is_merely_late_forgives_nothing()
    {
        using var heartbeat = new Heartbeat(_connections, _clock, _time, Second, () => { }, NullLogger.Instance);
        _time.Advance(Second);

        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.That(_phase.Beats[^1], Is.EqualTo(5000));
    }

    [Test]
    public void After_the_end_nothing_beats()
    {
        using (new Heartbeat(_connections, _clock, _time, Second, () => { }, NullLogger.Instance))
        {
        }
        _time.Advance(Second);
        Assert.That(_phase.Beats, Is.Empty);
    }
}
