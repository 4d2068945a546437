using System.Text;
using System.Text.Unicode;
using Keker.Protocol.Json;

namespace Keker.Tests.Protocol.Json;

[TestFixture]
internal sealed class BatchLineMistakeTests
{
    private const string Good = """{"token":["t","ü"],"ttl":5,"json":{"a":[1,null,"\n"]}}""";

    private readonly BatchLine _line = new();

    [TestCase("", BatchLineStatus.NotObject)]
    [TestCase("  \r", BatchLineStatus.NotObject)]
    [TestCase("hello", BatchLineStatus.NotObject)]
    [TestCase("[]", BatchLineStatus.NotObject)]
    [TestCase("\"{\"", BatchLineStatus.NotObject)]
    [TestCase("null", BatchLineStatus.NotObject)]
    [TestCase("\uFEFF{}", BatchLineStatus.NotObject)]
    [TestCase("{", BatchLineStatus.NotJson)]
    [TestCase("{x}", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","data":"x"} {}""", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","data":"x"}x""", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","data":"x",}""", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","data":"x"/**/}""", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","data":'x'}""", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","data":"\x"}""", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","json":01}""", BatchLineStatus.NotJson)]
    [TestCase("""{"token":"t","json":[1}""", BatchLineStatus.NotJson)]
    [TestCase("{\"token\":\"t\",\"data\":\"a\tb\"}", BatchLineStatus.NotJson)]
    [TestCase("{}", BatchLineStatus.NoRecipient)]
    [TestCase("""{"data":"x"}""", BatchLineStatus.NoRecipient)]
    [TestCase("""{"data":"x","token":[],"topic":[]}""", BatchLineStatus.NoRecipient)]
    [TestCase("""{"token":"t"}""", BatchLineStatus.NoBody)]
    [TestCase("""{"token":"t","data":"x","json":1}""", BatchLineStatus.SeveralBodies)]
    [TestCase("""{"token":"t","base64":"","data":""}""", BatchLineStatus.SeveralBodies)]
    [TestCase("""{"token":"","data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":"a b","data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":"a\n","data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":"\ud800","data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":5,"data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":null,"data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":{"a":1},"data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":["a",["b"]],"data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"token":["a",1],"data":"x"}""", BatchLineStatus.BadToken)]
    [TestCase("""{"topic":"*","data":"x"}""", BatchLineStatus.BadTopic)]
    [TestCase("""{"topic":["a","-"],"data":"x"}""", BatchLineStatus.BadTopic)]
    [TestCase("""{"topic":true,"data":"x"}""", BatchLineStatus.BadTopic)]
    [TestCase("""{"token":"t","data":5}""", BatchLineStatus.BadData)]
    [TestCase("""{"token":"t","data":{}}""", BatchLineStatus.BadData)]
    [TestCase("""{"token":"t","data":"\ud83d"}""", BatchLineStatus.BadData)]
    [TestCase("""{"token":"t","data":"\ude00\ud83d"}""", BatchLineStatus.BadData)]
    [TestCase("""{"token":"t","base64":"A"}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"token":"t","base64":"AA"}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"token":"t","base64":"AA="}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"token":"t","base64":"AA==AA=="}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"token":"t","base64":"AA A"}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"token":"t","base64":"AAAA\n"}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"token":"t","base64":"_-AA"}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"token":"t","base64":[]}""", BatchLineStatus.BadBase64)]
    [TestCase("""{"ttl":-1}""", BatchLineStatus.BadTtl)]
    [TestCase("""{"ttl":1.0}""", BatchLineStatus.BadTtl)]
    [TestCase("""{"ttl":1e3}""", BatchLineStatus.BadTtl)]
    [TestCase("""{"ttl":2592001}""", BatchLineStatus.BadTtl)]
    [TestCase("""{"ttl":99999999999999999999}""", BatchLineStatus.BadTtl)]
    [TestCase("""{"ttl":"5"}""", BatchLineStatus.BadTtl)]
    [TestCase("""{"ttl":null}""", BatchLineStatus.BadTtl)]
    [TestCase("""{"collapse_key":""}""", BatchLineStatus.BadCollapseKey)]
    [TestCase("""{"collapse_key":"a b"}""", BatchLineStatus.BadCollapseKey)]
    [TestCase("""{"collapse_key":1}""", BatchLineStatus.BadCollapseKey)]
    [TestCase("""{"idempotency_key":"\""}""", BatchLineStatus.BadIdempotencyKey)]
    [TestCase("""{"idempotency_key":null}""", BatchLineStatus.BadIdempotencyKey)]
    public void A_mistake_has_a_status_and_says_what_to_do(string line, BatchLineStatus status)
    {
        Assert.That(Parse(line), Is.EqualTo(status), Mistake());
        Assert.That(Mistake(), Does.Match("^[ -~]{20,128}$"));
    }

    [TestCase("""{"colour":1}""", BatchLineStatus.UnknownMember, "unknown member: colour")]
    [TestCase("""{"token":"t","Data":"x"}""", BatchLineStatus.UnknownMember, "unknown member: Data")]
    [TestCase("""{"":1}""", BatchLineStatus.UnknownMember, "unknown member: ")]
    [TestCase("""{"\u00f6\n":1}""", BatchLineStatus.UnknownMember, "unknown member: ö\n")]
    [TestCase("""{"\ud800":1}""", BatchLineStatus.UnknownMember, "unknown member: ")]
    [TestCase("""{"token":"t","token":"u"}""", BatchLineStatus.RepeatedMember, "repeated member: token")]
    [TestCase("""{"token":"t","d\u0061ta":"x","data":"x"}""", BatchLineStatus.RepeatedMember, "repeated member: data")]
    public void A_wrong_member_is_named(string line, BatchLineStatus status, string mistake)
    {
        Assert.That(Parse(line), Is.EqualTo(status));
        Assert.That(Mistake(), Is.EqualTo(mistake));
    }

    [Test]
    public void A_long_name_is_cut_between_two_characters()
    {
        foreach (string name in (string[])[new string('x', 1000), "x" + new string('€', 300), string.Concat(Enumerable.Repeat("😀", 300))])
        {
            Assert.That(Parse($$"""{"{{name}}":1}"""), Is.EqualTo(BatchLineStatus.UnknownMember));
            Assert.That(Utf8.IsValid(_line.Mistake), Is.True);
            Assert.That($"unknown member: {name}", Does.StartWith(Mistake()));
            Assert.That(_line.Mistake.Length, Is.InRange("unknown member: ".Length + 61, "unknown member: ".Length + 64));
        }
    }

    [Test]
    public void Depth_is_limited()
    {
        Assert.That(Parse(Nested(BatchLine.MaxDepth - 1)), Is.EqualTo(BatchLineStatus.Ok));
        Assert.That(Parse(Nested(BatchLine.MaxDepth)), Is.EqualTo(BatchLineStatus.NotJson));
        Assert.That(Parse(Nested(100_000)), Is.EqualTo(BatchLineStatus.NotJson));
        Assert.That(Mistake(), Does.Contain($"deeper than {BatchLine.MaxDepth} "));
    }

    [Test]
    public void Bytes_that_are_not_UTF8_are_no_line()
    {
        byte[] line = [.. """{"token":"t","data":"a"""u8, 0xFF, .. "\"}"u8];

        Assert.That(_line.Parse(line), Is.EqualTo(BatchLineStatus.NotUtf8));
    }

    /// <summary>Whatever a line is, it is answered with a status and the next good line is read.</summary>
    [Test]
    public void No_cut_and_no_changed_byte_makes_the_parser_throw()
    {
        byte[] good = Encoding.UTF8.GetBytes(Good);
        Assert.That(_line.Parse(good), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        for (int length = 0; length < good.Length; length++)
            Assert.That(_line.Parse(good.AsSpan(0, length)), Is.Not.EqualTo(BatchLineStatus.Ok), $"cut at {length}");
        foreach (byte change in (byte[])[0, 0xFF, .. "\"\\{}[],:x1-"u8])
        {
            for (int at = 0; at < good.Length; at++)
            {
                byte[] changed = [.. good];
                changed[at] = change;
                BatchLineStatus status = _line.Parse(changed);
                Assert.That(_line.Mistake.IsEmpty, Is.EqualTo(status == BatchLineStatus.Ok));
            }
        }
        Assert.That(_line.Parse(good), Is.EqualTo(BatchLineStatus.Ok));
    }

    private static string Nested(int arrays) => $$"""{"token":"t","json":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";

    private BatchLineStatus Parse(string line) => _line.Parse(Encoding.UTF8.GetBytes(line));

    private string Mistake() => Encoding.UTF8.GetString(_line.Mistake);
}
