using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class RequestHeadLimitTests
{
    private const string Start = "GET / HTTP/1.1\r\n";
    private const string Host = "Host: a\r\n";

    [TestCase(8000)]
    [TestCase(HttpLimits.MaxRequestLine - 1)]
    [TestCase(HttpLimits.MaxRequestLine)]
    public void A_request_line_within_the_limit_is_accepted(int length)
    {
        HeadVerdict verdict = HeadVerdict.AtEverySplit(HeadVerdict.Bytes(RequestLine(length) + "\r\n" + Host + "\r\n"));

        Assert.That(verdict.Status, Is.EqualTo(ParseStatus.Complete));
    }

    [TestCase(HttpLimits.MaxRequestLine + 1)]
    [TestCase(HttpLimits.MaxRequestLine + 4)]
    [TestCase(HttpLimits.MaxRequestLine + 8)]
    [TestCase(HttpLimits.MaxRequestLine + 9)]
    [TestCase(HttpLimits.MaxRequestLine + 500)]
    public void A_request_line_over_the_limit_fails_on_the_first_byte_too_many(int length)
    {
        byte[] input = HeadVerdict.Bytes(RequestLine(length) + "\r\n" + Host + "\r\n");

        Assert.That(HeadVerdict.AtEverySplit(input).Failure, Is.EqualTo(HttpFailure.RequestLineTooLong));
        Assert.That(HeadVerdict.BytesUntilDecided(input), Is.EqualTo(HttpLimits.MaxRequestLine + 1));
    }

    [Test]
    public void A_byte_behind_the_version_of_a_full_request_line_is_one_too_many()
    {
        byte[] input = HeadVerdict.Bytes(RequestLine(HttpLimits.MaxRequestLine) + "1\r\n" + Host + "\r\n");

        Assert.That(HeadVerdict.AtEverySplit(input).Failure, Is.EqualTo(HttpFailure.RequestLineTooLong));
    }

    [Test]
    public void The_request_line_limit_does_not_count_an_empty_line_before_it()
    {
        byte[] input = HeadVerdict.Bytes("\r\n" + RequestLine(HttpLimits.MaxRequestLine) + "\r\n" + Host + "\r\n");

        Assert.That(HeadVerdict.AtEverySplit(input).Status, Is.EqualTo(ParseStatus.Complete));
    }

    [Test]
    public void The_largest_head_is_accepted()
    {
        string fields = Host + FieldOf(HttpLimits.MaxHeaderBlock - Host.Length);
        byte[] input = HeadVerdict.Bytes("\r\n" + RequestLine(HttpLimits.MaxRequestLine) + "\r\n" + fields + "\r\n");

        Assert.That(input, Has.Length.EqualTo(HttpLimits.MaxHeadBytes));
        Assert.That(HeadVerdict.AtEverySplit(input).HeadLength, Is.EqualTo(HttpLimits.MaxHeadBytes));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(300)]
    public void A_header_block_over_the_limit_fails_on_the_first_byte_too_many(int excess)
    {
        byte[] input = HeadVerdict.Bytes(Start + Host + FieldOf(HttpLimits.MaxHeaderBlock - Host.Length + excess) + "\r\n");

        Assert.That(HeadVerdict.AtEverySplit(input).Failure, Is.EqualTo(HttpFailure.HeaderBlockTooLarge));
        Assert.That(HeadVerdict.BytesUntilDecided(input), Is.EqualTo(Start.Length + HttpLimits.MaxHeaderBlock + 1));
    }

    [TestCase("X: b\r\n\r\n")]
    [TestCase(" \r\n\r\n")]
    public void A_line_behind_a_full_header_block_fails(string line)
    {
        byte[] input = HeadVerdict.Bytes(Start + Host + FieldOf(HttpLimits.MaxHeaderBlock - Host.Length) + line);

        Assert.That(HeadVerdict.AtEverySplit(input).Failure, Is.EqualTo(HttpFailure.HeaderBlockTooLarge));
    }

    [Test]
    public void A_header_name_without_end_fails_at_the_limit()
    {
        byte[] input = HeadVerdict.Bytes(Start + new string('n', HttpLimits.MaxHeaderBlock + 10));

        Assert.That(HeadVerdict.AtEverySplit(input).Failure, Is.EqualTo(HttpFailure.HeaderBlockTooLarge));
    }

    [Test]
    public void Sixty_four_fields_are_accepted_and_the_next_one_fails_on_its_first_byte()
    {
        string fields = Host + string.Concat(Enumerable.Repeat("X: b\r\n", HttpLimits.MaxHeaders - 1));

        Assert.That(HeadVerdict.AtEverySplit(HeadVerdict.Bytes(Start + fields + "\r\n")).Status, Is.EqualTo(ParseStatus.Complete));
        byte[] over = HeadVerdict.Bytes(Start + fields + "X: b\r\n\r\n");
        Assert.That(HeadVerdict.AtEverySplit(over).Failure, Is.EqualTo(HttpFailure.TooManyHeaders));
        Assert.That(HeadVerdict.BytesUntilDecided(over), Is.EqualTo(Start.Length + fields.Length + 1));
    }

    private static string RequestLine(int length) => "GET /" + new string('p', length - 14) + " HTTP/1.1";

    private static string FieldOf(int length) => "X: " + new string('v', length - 5) + "\r\n";
}
