using System.Text;
using System.Text.Json;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class HttpFailuresTests
{
    private static IEnumerable<HttpFailure> All => Enum.GetValues<HttpFailure>().Where(failure => failure != HttpFailure.None);

    [TestCase(HttpFailure.BadMethod, 400)]
    [TestCase(HttpFailure.LengthRequired, 411)]
    [TestCase(HttpFailure.BodyTooLarge, 413)]
    [TestCase(HttpFailure.RequestLineTooLong, 414)]
    [TestCase(HttpFailure.HeaderBlockTooLarge, 431)]
    [TestCase(HttpFailure.TooManyHeaders, 431)]
    [TestCase(HttpFailure.UnknownMethod, 501)]
    [TestCase(HttpFailure.MethodTooLong, 501)]
    [TestCase(HttpFailure.UnknownTransferCoding, 501)]
    [TestCase(HttpFailure.UnsupportedVersion, 505)]
    [TestCase(HttpFailure.LengthAndTransferEncoding, 400)]
    public void A_failure_has_its_status(HttpFailure failure, int status)
    {
        Assert.That(failure.Status(), Is.EqualTo(status));
    }

    [TestCaseSource(nameof(All))]
    public void Every_failure_has_a_message_that_JSON_takes_as_it_is(HttpFailure failure)
    {
        string message = Encoding.ASCII.GetString(failure.Message());

        Assert.That(message, Has.Length.GreaterThan(10));
        Assert.That(JsonSerializer.Deserialize<string>($"\"{message}\""), Is.EqualTo(message));
    }

    [Test]
    public void None_has_no_answer()
    {
        Assert.That(() => HttpFailure.None.Status(), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => HttpFailure.None.Message().Length, Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
