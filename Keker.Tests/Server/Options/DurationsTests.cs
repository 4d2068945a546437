using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class DurationsTests
{
    [TestCase("0", 0)]
    [TestCase("00", 0)]
    [TestCase("5", 5_000)]
    [TestCase("90", 90_000)]
    [TestCase("0s", 0)]
    [TestCase("500ms", 500)]
    [TestCase("5s", 5_000)]
    [TestCase("1m30s", 90_000)]
    [TestCase("2h", 7_200_000)]
    [TestCase("90m", 5_400_000)]
    [TestCase("1h2m3s4ms", 3_723_004)]
    [TestCase("1h4ms", 3_600_004)]
    public void A_duration_is_the_sum_of_its_parts(string text, int milliseconds)
    {
        Assert.That(Durations.TryParse(text, out TimeSpan duration), Is.True);
        Assert.That(duration, Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [TestCase("")]
    [TestCase("99999999999999999999")]
    [TestCase("s")]
    [TestCase("-5s")]
    [TestCase("+5s")]
    [TestCase("5 s")]
    [TestCase(" 5s")]
    [TestCase("5S")]
    [TestCase("1.5s")]
    [TestCase("5s1m")]
    [TestCase("1s1s")]
    [TestCase("1m30")]
    [TestCase("5d")]
    [TestCase("5min")]
    [TestCase("٣s")]
    [TestCase("99999999999999999999s")]
    [TestCase("999999999999999999h")]
    public void Anything_else_is_no_duration(string text)
    {
        Assert.That(Durations.TryParse(text, out _), Is.False);
    }

    [TestCase("0")]
    [TestCase("500ms")]
    [TestCase("5s")]
    [TestCase("1m30s")]
    [TestCase("24h")]
    [TestCase("1h2m3s4ms")]
    public void A_formatted_duration_reads_back(string text)
    {
        Assert.That(Durations.TryParse(text, out TimeSpan duration), Is.True);
        Assert.That(Durations.Format(duration), Is.EqualTo(text));
    }
}
