using Keker.Server.Net;

namespace Keker.Tests.Server.Net;

/// <summary>What TCP says of a peer, and whether that means that there is nobody.</summary>
internal sealed class SilenceWatchTests
{
    private static readonly TcpFigures Idle = new(Packets: 0, UnsentBytes: 0, AcknowledgedBytes: 1000, IsWindowClosed: false);
    private static readonly TcpFigures InFlight = Idle with { Packets = 1 };
    private static readonly TcpFigures Closed = Idle with { UnsentBytes = 50_000, IsWindowClosed = true };

    private SilenceWatch _watch;
    private long _now;

    [SetUp]
    public void Start()
    {
        _watch = new SilenceWatch();
        _now = 0;
    }

    [Test]
    public void Bytes_in_flight_that_nobody_acknowledges_for_15_seconds_mean_that_the_network_is_gone() =>
        Assert.That(SecondsUntilSilent(InFlight), Is.EqualTo(15));

    [Test]
    public void Who_has_acknowledged_everything_is_never_silent() => Assert.That(SecondsUntilSilent(Idle), Is.Null);

    [Test]
    public void A_closed_window_has_the_timeout() => Assert.That(SecondsUntilSilent(Closed), Is.EqualTo(60));

    [Test]
    public void A_window_that_closes_over_bytes_in_flight_has_the_timeout_too() =>
        Assert.That(SecondsUntilSilent(Closed with { Packets = 3 }), Is.EqualTo(60), "the peer's machine has said so: it is there");

    [Test]
    public void Bytes_that_cannot_be_sent_yet_have_the_timeout() => Assert.That(SecondsUntilSilent(Idle with { UnsentBytes = 1 }), Is.EqualTo(60));

    [Test]
    public void Where_the_system_does_not_tell_nobody_is_silent() => Assert.That(SecondsUntilSilent(null), Is.Null);

    [Test]
    public void Each_byte_acknowledged_is_a_new_beginning()
    {
        for (int i = 0; i < 100; i++)
            Assert.That(Look(InFlight with { AcknowledgedBytes = 1000 + i / 14 }), Is.False);
        Assert.That(SecondsUntilSilent(InFlight with { AcknowledgedBytes = 1007 }), Is.LessThanOrEqualTo(15));
    }

    [Test]
    public void A_window_that_opens_again_gives_what_is_sent_then_its_own_time()
    {
        for (int i = 0; i < 59; i++)
            Assert.That(Look(Closed), Is.False);
        Assert.That(SecondsUntilSilent(InFlight), Is.EqualTo(15));
    }

    [Test]
    public void What_was_acknowledged_in_between_is_forgotten()
    {
        for (int i = 0; i < 14; i++)
            Look(InFlight);
        Look(Idle);
        Assert.That(SecondsUntilSilent(InFlight), Is.EqualTo(15));
    }

    private int? SecondsUntilSilent(TcpFigures? figures)
    {
        for (int i = 0; i < 1000; i++)
        {
            if (Look(figures))
                return i;
        }
        return null;
    }

    private bool Look(TcpFigures? figures)
    {
        _now += 1000;
        return _watch.IsSilent(figures, _now, TimeSpan.FromSeconds(60));
    }
}
