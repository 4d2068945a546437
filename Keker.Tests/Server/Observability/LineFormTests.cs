using System.Text.Json;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Observability;

internal sealed class LineFormTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 3, 4, 5, 6, 78, TimeSpan.Zero));

    [Test]
    public void JSON_is_an_object_a_line_with_what_the_text_is_made_of()
    {
        string[] lines = Write(new JsonForm(), static log =>
        {
            log.RequestRefused(404, "no \"such\"\npath \u2028");
            log.LoggedOut(3, "token", "0011aabb", 60, "192.0.2.1", "none");
            log.InternalError(new InvalidOperationException("first\nsecond"));
        });

        Assert.That(lines, Has.Length.EqualTo(3));
        JsonElement refused = JsonDocument.Parse(lines[0]).RootElement;
        Assert.That(refused.EnumerateObject().Select(member => $"{member.Name}={member.Value}"), Is.EqualTo(new[]
        {
            "time=2026-02-03T04:05:06.078Z", "level=DEBUG", "event=request_refused", "message=request refused with 404: no \"such\"\npath \u2028",
            "status=404", "failure=no \"such\"\npath \u2028",
        }));
        JsonElement loggedOut = JsonDocument.Parse(lines[1]).RootElement;
        Assert.That((loggedOut.GetProperty("sessions").GetInt32(), loggedOut.GetProperty("name_hash").GetString()), Is.EqualTo((3, "0011aabb")));
        JsonElement error = JsonDocument.Parse(lines[2]).RootElement;
        Assert.That((error.GetProperty("level").GetString(), error.GetProperty("message").GetString()), Is.EqualTo(("ERROR", "internal error")));
        Assert.That(error.GetProperty("exception").GetString(), Does.Contain("first\nsecond"));
    }

    [Test]
    public void The_journal_has_a_priority_before_each_line_and_no_time()
    {
        string[] lines = Write(new JournalForm(), static log =>
        {
            log.Stopped();
            log.AnyOrigin();
            log.PeerVanished("why");
            log.InternalError(new InvalidOperationException("first\nsecond"));
        });

        Assert.That(lines[0], Is.EqualTo("<6>stopped"));
        Assert.That(lines[1], Does.StartWith("<4>pages of any origin"));
        Assert.That(lines[2], Is.EqualTo("<7>peer vanished (why)"));
        Assert.That(lines[3..], Is.EqualTo(new[] { "<3>internal error", "<3>System.InvalidOperationException: first", "<3>second" }));
    }

    [Test]
    public void Lines_that_the_log_adds_itself_have_the_same_form()
    {
        string[] lines = Write(new JsonForm(), log =>
        {
            for (int i = 0; i < 3; i++)
                log.PeerVanished("why");
        });

        JsonElement leftOut = JsonDocument.Parse(lines[1]).RootElement;
        Assert.That(leftOut.GetProperty("event").GetString(), Is.EqualTo("lines_left_out"));
    }

    [TestCase("8:123", "socket:[123]", true)]
    [TestCase("8:123", "socket:[1234]", false)]
    [TestCase("8:123", "pipe:[123]", false)]
    [TestCase("8:123", "/dev/null", false)]
    [TestCase("8:123", null, false)]
    [TestCase("123", "socket:[123]", false)]
    [TestCase("", "socket:[]", false)]
    [TestCase(null, "socket:[123]", false)]
    public void The_journal_is_known_by_the_socket_that_the_variable_names(string? variable, string? target, bool isIt) =>
        Assert.That(JournalStream.Matches(variable, target), Is.EqualTo(isIt));

    private string[] Write(LineForm form, Action<ILogger> log)
    {
        using var output = new GatedStream();
        using (var logger = new LineLogger(output, LogLevel.Debug, 100, mostPerSecond: 1, _time, form))
            log(logger);
        return output.Lines;
    }
}
