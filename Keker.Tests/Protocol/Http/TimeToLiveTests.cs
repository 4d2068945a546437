using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class TimeToLiveTests
{
    [TestCase("0", 0)]
    [TestCase("5", 5)]
    [TestCase("  60\t", 60)]
    [TestCase("007", 7)]
    [TestCase("2592000", 2592000)]
    [TestCase("00000000000000002592000", 2592000)]
    public void Seconds_are_digits(string value, int seconds) => Assert.That(Read(value), Is.EqualTo((FieldStatus.Ok, seconds)));

    [TestCase("")]
    [TestCase("2592001")]
    [TestCase("4294967297")]
    [TestCase("99999999999999999999999999")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase("1.5")]
    [TestCase("1e3")]
    [TestCase("0x10")]
    [TestCase("5s")]
    [TestCase("5, 5")]
    [TestCase("1 0")]
    [TestCase("\"5\"")]
    [TestCase("\u00B2")]
    public void Anything_else_is_invalid(string value) => Assert.That(Read(value), Is.EqualTo((FieldStatus.Invalid, 0)));

    [Test]
    public void The_field_stands_once_or_not_at_all()
    {
        Assert.That(Read(), Is.EqualTo((FieldStatus.Absent, 0)));
        Assert.That(Read("5", "5"), Is.EqualTo((FieldStatus.Repeated, 0)));
    }

    private static (FieldStatus Status, int Seconds) Read(params string[] values)
    {
        RequestHead head = RequestHeads.With("Ttl", values, out byte[] bytes);
        return (TimeToLive.Read(head, bytes, out int seconds), seconds);
    }
}
