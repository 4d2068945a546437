using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Net;

/// <summary>A phase that is over is not visited any more, not even by a visit that had begun.</summary>
internal sealed class ConnectionPhaseTests
{
    [Test]
    public async Task The_next_phase_begins_when_a_visit_to_the_last_one_is_over()
    {
        using var sockets = SocketPair.Create();
        await using var connection = new Connection(new EngineSocket(sockets.Server), isAdmin: false, new MonotonicClock(new FakeTimeProvider()));
        using var phase = new SlowPhase();
        connection.Phase = phase;
        Task beat = Task.Run(() => connection.Beat(1));
        await Task.Run(phase.Entered.Wait).Soon("the beat");

        Task next = Task.Run(() => connection.Phase = null);
        Assert.That(next.Wait(TimeSpan.FromMilliseconds(50)), Is.False, "the visit is under way");
        phase.MayLeave.Set();

        await next.Soon("the next phase");
        Assert.That(beat.IsCompleted || phase.HasLeft, Is.True);
        connection.Beat(2);
        connection.Drain();
        Assert.That(phase.Beats, Is.EqualTo(1));
        await beat.Soon("the beat");
    }

    [Test]
    public async Task Only_the_phase_that_was_seen_is_given_up()
    {
        using var sockets = SocketPair.Create();
        await using var connection = new Connection(new EngineSocket(sockets.Server), isAdmin: false, new MonotonicClock(new FakeTimeProvider()));
        var seen = new RecordingPhase();
        var next = new RecordingPhase();
        connection.Phase = next;

        connection.GiveUp(seen);
        Assert.That((seen.HasGivenUp, next.HasGivenUp), Is.EqualTo((false, false)));
        connection.GiveUp(next);
        Assert.That(next.HasGivenUp, Is.True);
    }

    private sealed class SlowPhase : IConnectionPhase, IDisposable
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim MayLeave { get; } = new();

        public bool HasLeft { get; private set; }

        public int Beats { get; private set; }

        public void OnHeartbeat(long now)
        {
            Beats++;
            Entered.Set();
            MayLeave.Wait();
            HasLeft = true;
        }

        public void Drain() => Beats++;

        public void Dispose()
        {
            Entered.Dispose();
            MayLeave.Dispose();
        }
    }
}
