using System.Text.Json;
using Keker.Server.Commands;

namespace Keker.Tests.Server.Commands;

internal sealed class StatusReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void It_tells_what_has_changed_as_a_rate()
    {
        string[] lines = Lines("""{"published":100,"delivered":1000}""", """{"version":"1.2.3","uptimeSeconds":93784,"published":1350,"delivered":1000,"sessions":12345}""", seconds: 0.5);

        Assert.That(lines[0], Is.EqualTo("kekerd 1.2.3 at http://here: serves"));
        Assert.That(lines[1], Is.EqualTo("up         1 d 2 h, since 2026-11-27 09:56 UTC"));
        Assert.That(lines[2], Does.Contain("12,345 of 0 recipients"));
        Assert.That(lines[3], Is.EqualTo("published  2,500 a second, 1,350 in all"));
        Assert.That(lines[4], Is.EqualTo("delivered  0 a second, 1,000 in all"));
    }

    [Test]
    public void All_is_well_without_a_warning() =>
        Assert.That(Lines("{}", """{"memoryBytes":79,"memoryLimitBytes":100,"refusedAccess":{"expired":0}}"""), Has.None.Contains("warning").And.None.Contains("expired 0"));

    [Test]
    public void What_deserves_attention_is_told_within_twenty_lines()
    {
        string[] lines = Lines("{}", """
            {"memoryBytes":81,"memoryLimitBytes":100,"internalErrors":1,"unconfirmedLost":2,"slowConsumers":3,"hookResets":4,"hookFailures":5,"refusedConnections":6,
            "refusedAccess":{"expired":7,"badSignature":0}}
            """);

        Assert.That(lines.Count(line => line.StartsWith("warning ", StringComparison.Ordinal)), Is.EqualTo(7));
        Assert.That(lines, Has.One.Contains("expired 7").And.None.Contains("badSignature"));
        Assert.That(lines, Has.Length.LessThanOrEqualTo(20));
    }

    [Test]
    public void What_is_no_number_counts_as_none()
    {
        string[] lines = Lines("{}", """{"version":"\ud800","uptimeSeconds":"x","sessions":[1],"published":{},"refusedAccess":{"expired":"7"}}""");

        Assert.That(lines[1], Does.StartWith("up         0 s, since "));
        Assert.That(lines, Has.None.Contains("expired 7"));
        Assert.That(Lines("{}", """{"uptimeSeconds":9223372036854775807}""")[1], Does.StartWith("up         36500 d"));
    }

    private static string[] Lines(string before, string after, double seconds = 1) =>
        [.. new StatusReport(JsonElement.Parse(before), JsonElement.Parse(after), TimeSpan.FromSeconds(seconds), Now).Lines("http://here", "serves")];
}
