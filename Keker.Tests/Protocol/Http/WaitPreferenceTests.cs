using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class WaitPreferenceTests
{
    [TestCase(1, "wait=1")]
    [TestCase(30, "wait=30")]
    [TestCase(2, "WAIT=2")]
    [TestCase(2, "wait=\"2\"")]
    [TestCase(2, "wait = 2")]
    [TestCase(2, "wait\t=\t\"2\"")]
    [TestCase(2, "wait=2; foo=bar")]
    [TestCase(2, "wait=2;")]
    [TestCase(2, "respond-async, wait=2")]
    [TestCase(2, ",, wait=2 ,")]
    [TestCase(2, "handling=lenient; wait=9, wait=2")]
    [TestCase(2, "foo=\"a, wait=9, b\", wait=2")]
    [TestCase(2, "foo=\"a\\\", wait=9\", wait=2")]
    [TestCase(2, "waiting=9, wait=2")]
    [TestCase(2, "wait=2, wait=9")]
    [TestCase(2, "wait=2, wait=x")]
    [TestCase(2, "respond-async", "wait=2", "wait=3")]
    public void The_first_wait_counts(int seconds, params string[] lines) => Assert.That(Read(lines), Is.EqualTo((FieldStatus.Ok, seconds)));

    [TestCase("wait=0")]
    [TestCase("wait=31")]
    [TestCase("wait=99999999999999999999")]
    [TestCase("wait=-1")]
    [TestCase("wait=1.5")]
    [TestCase("wait=x")]
    [TestCase("wait=")]
    [TestCase("wait")]
    [TestCase("wait=\"\"")]
    [TestCase("wait=\"2")]
    [TestCase("wait=2\"")]
    [TestCase("wait=\"")]
    [TestCase("wait=2 3")]
    [TestCase("wait=x, wait=2")]
    [TestCase("wait;wait=2")]
    public void A_wait_that_is_no_number_in_the_range_is_invalid(string line) => Assert.That(Read(line), Is.EqualTo((FieldStatus.Invalid, 0)));

    [TestCase]
    [TestCase("")]
    [TestCase("respond-async")]
    [TestCase("return=minimal; foo=\"some parameter\"")]
    [TestCase("waiter=2", "foo; wait=2")]
    [TestCase("foo=\", wait=2")]
    public void Without_wait_there_is_no_preference(params string[] lines) => Assert.That(Read(lines), Is.EqualTo((FieldStatus.Absent, 0)));

    private static (FieldStatus Status, int Seconds) Read(params string[] lines)
    {
        RequestHead head = RequestHeads.With("prefer", lines, out byte[] bytes);
        return (WaitPreference.Read(head, bytes, out int seconds), seconds);
    }
}
