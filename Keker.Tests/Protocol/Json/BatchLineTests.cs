using System.Text;
using Keker.Protocol.Json;

namespace Keker.Tests.Protocol.Json;

[TestFixture]
internal sealed class BatchLineTests
{
    private readonly BatchLine _line = new();

    [TestCase("""{"token":"t","data":"hello"}""", "hello")]
    [TestCase(""" { "data" : "hello" , "token" : "t" } """ + "\r", "hello")]
    [TestCase("""{"token":"t","data":""}""", "")]
    [TestCase("""{"token":"t","data":"a\nb\t\"\\\/\u20ac\ud83d\ude00"}""", "a\nb\t\"\\/€😀")]
    [TestCase("""{"token":"t","data":"\u0000"}""", "\0")]
    [TestCase("""{"token":"t","d\u0061ta":"x"}""", "x")]
    [TestCase("""{"token":"t","json":{"a": [1, 2.50,"\u0041"] }}""", """{"a": [1, 2.50,"\u0041"] }""")]
    [TestCase("""{"token":"t","json":  "text" }""", "\"text\"")]
    [TestCase("""{"token":"t","json":-1.5e3}""", "-1.5e3")]
    [TestCase("""{"token":"t","json":null}""", "null")]
    [TestCase("""{"token":"t","json":true,"ttl":1}""", "true")]
    [TestCase("""{"token":"t","json":[]}""", "[]")]
    public void A_text_body_is_a_string_or_raw_JSON(string line, string body)
    {
        Assert.That(Parse(line), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(Encoding.UTF8.GetString(_line.Body), Is.EqualTo(body));
        Assert.That((_line.IsBinary, _line.TokenCount, _line.TopicCount), Is.EqualTo((false, 1, 0)));
        Assert.That(Mistake(), Is.Empty);
    }

    [TestCase("", "")]
    [TestCase("AA==", "00")]
    [TestCase("AP8=", "00FF")]
    [TestCase("\\u0041P8A", "00FF00")]
    [TestCase("\\/\\/+/", "FFFFBF")]
    public void A_binary_body_is_base64(string base64, string hex)
    {
        Assert.That(Parse($$"""{"token":"t","base64":"{{base64}}"}"""), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(Convert.ToHexString(_line.Body), Is.EqualTo(hex));
        Assert.That(_line.IsBinary, Is.True);
    }

    [Test]
    public void Recipients_are_strings_and_arrays_of_strings()
    {
        Assert.That(Parse("""{"topic":["news","\u00f6"],"data":"x","token":["a","b","a"]}"""), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(Recipients(), Is.EqualTo("a b a | news ö"));

        Assert.That(Parse("""{"topic":"-n","data":"x","token":"-"}"""), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(Recipients(), Is.EqualTo("- | -n"));

        Assert.That(Parse("""{"topic":["n"],"token":[],"data":"x"}"""), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(Recipients(), Is.EqualTo(" | n"));
        Assert.That(() => _line.TokenAt(0).Length, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _line.TopicAt(1).Length, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [TestCase(64, 0)]
    [TestCase(0, 64)]
    [TestCase(40, 24)]
    public void There_are_at_most_64_recipients(int tokens, int topics)
    {
        string[] tokenNames = [.. Enumerable.Range(0, tokens).Select(index => $"t{index}")];
        string[] topicNames = [.. Enumerable.Range(0, topics).Select(index => $"n{index}")];

        Assert.That(Parse(Line(tokenNames, topicNames)), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(Recipients(), Is.EqualTo(string.Join(' ', tokenNames) + " | " + string.Join(' ', topicNames)));
        Assert.That(Parse(Line([.. tokenNames, "x"], topicNames)), Is.EqualTo(BatchLineStatus.TooManyRecipients));
        Assert.That(Parse(Line(tokenNames, [.. topicNames, "x"])), Is.EqualTo(BatchLineStatus.TooManyRecipients));
    }

    [Test]
    public void The_options_are_read()
    {
        Assert.That(
            Parse("""{"token":"t","data":"x","ttl":2592000,"collapse_key":"c\u006b","idempotency_key":"i-1"}"""),
            Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(_line.TtlSeconds, Is.EqualTo(2592000));
        Assert.That(Encoding.UTF8.GetString(_line.CollapseKey), Is.EqualTo("ck"));
        Assert.That(Encoding.UTF8.GetString(_line.IdempotencyKey), Is.EqualTo("i-1"));

        Assert.That(Parse("""{"token":"t","data":"x","ttl":0}"""), Is.EqualTo(BatchLineStatus.Ok), Mistake());
        Assert.That(_line.TtlSeconds, Is.Zero);
    }

    [Test]
    public void Nothing_is_left_of_the_line_before()
    {
        Parse("""{"token":["a","b"],"topic":"n","base64":"AAAA","ttl":5,"collapse_key":"c","idempotency_key":"i"}""");

        Assert.That(Parse("""{"topic":"m","data":""}"""), Is.EqualTo(BatchLineStatus.Ok));
        Assert.That(Recipients(), Is.EqualTo(" | m"));
        Assert.That((_line.IsBinary, _line.TtlSeconds), Is.EqualTo((false, (int?)null)));
        Assert.That(_line.Body.Length + _line.CollapseKey.Length + _line.IdempotencyKey.Length, Is.Zero);

        Assert.That(Parse("""{"x":1}"""), Is.EqualTo(BatchLineStatus.UnknownMember));
        Assert.That(Parse("""{"topic":"m","data":""}"""), Is.EqualTo(BatchLineStatus.Ok));
        Assert.That(Mistake(), Is.Empty);
    }

    [Test]
    public void A_line_of_a_mebibyte_is_read_whole()
    {
        string body = new('ä', 1 << 19);

        Assert.That(Parse($$"""{"token":"t","data":"{{body}}"}"""), Is.EqualTo(BatchLineStatus.Ok));
        Assert.That(Encoding.UTF8.GetString(_line.Body), Is.EqualTo(body));
    }

    private BatchLineStatus Parse(string line) => _line.Parse(Encoding.UTF8.GetBytes(line));

    private string Mistake() => Encoding.UTF8.GetString(_line.Mistake);

    private string Recipients()
    {
        IEnumerable<string> tokens = Enumerable.Range(0, _line.TokenCount).Select(index => Encoding.UTF8.GetString(_line.TokenAt(index)));
        IEnumerable<string> topics = Enumerable.Range(0, _line.TopicCount).Select(index => Encoding.UTF8.GetString(_line.TopicAt(index)));
        return string.Join(' ', tokens) + " | " + string.Join(' ', topics);
    }

    private static string Line(string[] tokens, string[] topics) =>
        $$"""{"token":[{{Quoted(tokens)}}],"data":"x","topic":[{{Quoted(topics)}}]}""";

    private static string Quoted(string[] names) => string.Join(',', names.Select(name => $"\"{name}\""));
}
