using Keker.Server.Net;
using Keker.Server.Net.Systemd;
using Keker.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Net.Systemd;

[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WatchdogTests
{
    private static readonly TimeSpan Patience10s = TimeSpan.FromSeconds(10);

    private readonly LogRecorder _log = new();
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task Loops_with_nothing_to_do_turn_and_all_is_well()
    {
        var loops = new Loops(_log, 2);
        int beats = 0;
        using var watchdog = new Watchdog(loops.All, Patience10s, () => beats++, _time, _log);

        for (int beat = 1; beat <= 3; beat++)
        {
            await AdvanceUntilAsync(() => beats >= beat);
            Assert.That(beats, Is.EqualTo(beat));
        }
    }

    [Test]
    public async Task A_loop_that_hangs_stops_the_beats_until_it_turns_again()
    {
        var loops = new Loops(_log, 1);
        using SocketPair pair = SocketPair.Create();
        PeerSocket socket = pair.TakeServer(loops);
        using var hang = new HangingHandler();
        Assert.That(socket.WaitForInput(hang), Is.False);
        int beats = 0;
        using var watchdog = new Watchdog(loops.All, Patience10s, () => beats++, _time, _log);
        await AdvanceUntilAsync(() => beats > 0);

        await pair.Client.SendAsync("x"u8.ToArray());
        await hang.Hangs.Soon("the loop to hang");

        // The turn that hangs has begun since the last beat: one more comes.
        _time.Advance(Patience10s / 4);
        int before = beats;
        for (int i = 0; i < 8; i++)
            _time.Advance(Patience10s / 4);
        Assert.That(beats, Is.EqualTo(before));
        Assert.That(_log.Lines, Is.EqualTo(new[] { "Error: a loop does not turn: the service manager is not told that all is well" }));

        hang.GoOn();
        await AdvanceUntilAsync(() => beats > before);
        socket.Close(resets: true);
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience.Limit);
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
            _time.Advance(Patience10s / 4);
        }
    }
}
