using System.Text.RegularExpressions;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Observability;

internal sealed partial class LineLoggerTests
{
    private const int MostWaiting = 500;
    private const int MostPerSecond = 50;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 3, 4, 5, 6, 78, TimeSpan.Zero));
    private GatedStream _output = null!;
    private LineLogger _log = null!;

    [SetUp]
    public void Start()
    {
        _output = new GatedStream();
        _log = new LineLogger(_output, LogLevel.Debug, MostWaiting, MostPerSecond, _time);
    }

    [TearDown]
    public void End()
    {
        _log.Dispose();
        _output.Dispose();
    }

    [Test]
    public void A_line_has_time_level_and_text_and_an_exception_follows()
    {
        _log.Listening("1.2.3.4:5", " (admin)");
        _log.AnyOrigin();
        _log.InternalError(new InvalidOperationException("what"));
        _log.PeerVanished("why");
        _log.Dispose();

        string[] lines = _output.Lines;
        Assert.That(lines[0], Is.EqualTo("2026-02-03T04:05:06.078Z INFO  listening on 1.2.3.4:5 (admin)"));
        Assert.That(lines[1], Does.Match("Z WARN  pages of any origin"));
        Assert.That(lines[2], Does.EndWith("Z ERROR internal error"));
        Assert.That(lines[3], Does.StartWith("System.InvalidOperationException: what"));
        Assert.That(lines[4], Does.EndWith("Z DEBUG peer vanished (why)"));
    }

    [Test]
    public void Lines_below_the_level_are_not_written()
    {
        using var output = new GatedStream();
        using (var log = new LineLogger(output, LogLevel.Warning, MostWaiting, MostPerSecond, _time))
        {
            Assert.That(log.IsEnabled(LogLevel.Information), Is.False);
            log.Stopped();
            log.AnyOrigin();
        }
        Assert.That(output.Lines, Has.Length.EqualTo(1));
    }

    [Test]
    public void What_strangers_cause_has_a_rate_for_each_kind_and_what_was_left_out_is_told_when_the_second_is_over()
    {
        for (int i = 0; i < MostPerSecond + 7; i++)
            _log.RequestRefused(404, "no such path");
        _log.PeerVanished("another kind");
        _log.InternalError(new InvalidOperationException());

        // Nothing more has to come for it.
        _time.Advance(TimeSpan.FromSeconds(1));
        _log.RequestRefused(404, "in the next second");
        _log.Dispose();

        Assert.That(Count("request refused with 404: no such path"), Is.EqualTo(MostPerSecond));
        Assert.That(Count("peer vanished (another kind)"), Is.EqualTo(1));
        Assert.That(Count("internal error"), Is.EqualTo(1));
        Assert.That(Count("DEBUG 7 more lines of kind RequestRefused were left out"), Is.EqualTo(1));
        Assert.That(Count("in the next second"), Is.EqualTo(1));
        Assert.That(_output.Text.IndexOf("left out", StringComparison.Ordinal), Is.LessThan(_output.Text.IndexOf("in the next second", StringComparison.Ordinal)));
    }

    [Test]
    public void What_was_left_out_is_told_at_the_end_too()
    {
        for (int i = 0; i < MostPerSecond + 1; i++)
            _log.SaidHello("12345678");
        _log.Dispose();
        Assert.That(Count("DEBUG 1 more lines of kind SaidHello were left out"), Is.EqualTo(1));
    }

    [Test]
    public void The_servers_own_words_have_no_rate()
    {
        for (int i = 0; i < 2 * MostPerSecond; i++)
            _log.Listening($"unix:/{i}", "");
        _log.Dispose();
        Assert.That(_output.Lines, Has.Length.EqualTo(2 * MostPerSecond));
    }

    [Test]
    public void Lines_that_nobody_reads_are_dropped_and_counted()
    {
        _output.Stop();
        for (int i = 0; i < 3 * MostWaiting; i++)
            _log.Listening($"unix:/{i}", "");
        _output.GoOn();
        _log.Dispose();

        int written = Count("listening on");
        Assert.That(written, Is.LessThan(3 * MostWaiting).And.AtLeast(MostWaiting));
        long dropped = Dropped().Matches(_output.Text).Sum(match => int.Parse(match.Groups[1].ValueSpan, null));
        Assert.That(written + dropped, Is.EqualTo(3 * MostWaiting));
    }

    private int Count(string text) => _output.Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    [GeneratedRegex("WARN  ([0-9]+) lines dropped")]
    private static partial Regex Dropped();
}
