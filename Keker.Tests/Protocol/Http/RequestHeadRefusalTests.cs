using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class RequestHeadRefusalTests
{
    [TestCaseSource(typeof(RefusedHeads), nameof(RefusedHeads.All))]
    public void A_bad_head_is_refused_for_its_reason_at_every_split(string head, HttpFailure failure)
    {
        HeadVerdict verdict = HeadVerdict.AtEverySplit(HeadVerdict.Bytes(head));

        Assert.That((verdict.Status, verdict.Failure, verdict.HeadLength), Is.EqualTo((ParseStatus.Failed, failure, 0)));
    }

    [TestCase("\x16\x03\x01", 1, TestName = "A_TLS_hello_fails_on_its_first_byte")]
    [TestCase("GET /caf\xE9", 9, TestName = "A_raw_byte_in_the_path_fails_where_it_stands")]
    [TestCase("GET / HTTQ", 10, TestName = "A_wrong_version_fails_where_it_differs")]
    [TestCase("GET / HTTP/1.1\r\nX\0", 18, TestName = "A_control_in_a_name_fails_where_it_stands")]
    [TestCase("GET / HTTP/1.1\r\nX: \0", 20, TestName = "A_control_in_a_value_fails_where_it_stands")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n ", 26, TestName = "A_fold_fails_on_its_white_space")]
    [TestCase("ABCDEFGHIJKLMNOPQ", 17, TestName = "A_long_method_fails_on_byte_17")]
    public void Bad_input_is_refused_without_waiting_for_a_line_end(string input, int bytes)
    {
        Assert.That(HeadVerdict.BytesUntilDecided(HeadVerdict.Bytes(input + "AAAA")), Is.EqualTo(bytes));
    }

    [Test]
    public void A_failure_stands_until_the_head_is_reset()
    {
        RequestHead head = new();
        byte[] good = HeadVerdict.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.That(head.Parse("\x16"u8), Is.EqualTo(ParseStatus.Failed));
        Assert.That(head.Parse(good), Is.EqualTo(ParseStatus.Failed));

        head.Reset();

        Assert.That(head.Failure, Is.EqualTo(HttpFailure.None));
        Assert.That(head.Parse(good), Is.EqualTo(ParseStatus.Complete));
    }

    [Test]
    public void Mutated_heads_get_one_verdict_at_every_split()
    {
        byte[][] seeds = [.. GoodHeads.All.Select(row => HeadVerdict.Bytes((string)row.Arguments[0]!))];
        byte[] alphabet = HeadVerdict.Bytes("\r\n \t:,\0\x7F\xFFG/?*1");
        Random random = new(20);
        int refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] input = [.. seeds[random.Next(seeds.Length)]];
            input[random.Next(input.Length)] = alphabet[random.Next(alphabet.Length)];
            if (HeadVerdict.AtEverySplit(input).Status == ParseStatus.Failed)
                refused++;
        }

        Assert.That(refused, Is.GreaterThan(500), "the mutations must reach the grammar");
    }
}
