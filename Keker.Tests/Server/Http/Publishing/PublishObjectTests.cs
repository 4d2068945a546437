using System.Text;
using Keker.Server.Broker;
using Keker.Server.Http;
using Keker.Server.Options;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Http.Publishing;

/// <summary>A publish whose body is a JSON object with the members of a line of a batch.</summary>
internal sealed class PublishObjectTests
{
    private const string Type = "application/vnd.keker+json";
    private const string Published = """{"message":"message published","data":{"sessions":1,"cached":0}}""";

    private static readonly KekerOptions Options = new() { WriteBuffer = 40 };

    private TestServer _server = null!;
    private Answers _answers = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(Options);
        _answers = new Answers(_server);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _answers.DisposeAsync();
        _server.Dispose();
    }

    [TestCase("""{"token":"a","data":"hi"}""", "hi")]
    [TestCase("""{"token":"a","data":""}""", "")]
    [TestCase("""{"data":"\u00e4\n\"","token":["absent","a"]}""", "ä\n\"")]
    [TestCase("""{"topic":"t","data":"hi"}""", "hi")]
    [TestCase("""{"topic":["u","t"],"data":"hi"}""", "hi")]
    [TestCase("""{"token":"a","base64":"aGk="}""", "hi")]
    [TestCase("""{"token":"a","json":{ "n": [1] }}""", """{ "n": [1] }""")]
    [TestCase(" \r\n{\n  \"token\": \"a\",\n  \"data\": \"hi\"\n}\n", "hi")]
    public void The_recipients_and_the_data_are_members(string body, string message)
    {
        TestClient client = _server.Join("a");
        _server.Broker.SubscribeTo(client.Session, "t"u8);

        Publish(body);

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200 }));
        Assert.That(_answers.Text, Does.Contain("{\"message\":\"message published\",\"data\":{\"sessions\":1,\"cached\":"));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { message }));
    }

    [Test]
    public void Base64_is_bytes_and_everything_else_is_text()
    {
        TestClient client = _server.Join("a");
        Publish("""{"token":"a","base64":"aGk="}""");
        Publish("""{"token":"a","data":"hi"}""");

        Assert.That(client.Wire.Frames.FindAll(frame => frame.IsMessage).ConvertAll(frame => frame.OpCode),
            Is.EqualTo(new[] { Keker.Protocol.WebSocket.OpCode.Binary, Keker.Protocol.WebSocket.OpCode.Text }));
    }

    [Test]
    public void Several_recipients_are_answered_as_those_of_headers()
    {
        _server.Join("a");
        Publish("""{"token":["a","b"],"topic":"t","data":"hi"}""");
        Publish("""{"token":["c","b"],"topic":"t","data":"hi"}""");

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 404 }));
        Assert.That(_answers.Text, Does.Contain("""{"message":"message published","data":{"sessions":1,"cached":2}}""")
            .And.EndsWith("""{"message":"no recipient found","data":{"sessions":0,"cached":3}}"""));
    }

    [Test]
    public void What_has_a_ttl_is_stored_for_so_long_and_what_has_a_collapse_key_is_replaced()
    {
        Publish("""{"token":"a","data":"1","ttl":60,"collapse_key":"k"}""");
        Publish("""{"token":"a","data":"2","ttl":60,"collapse_key":"k"}""");
        Publish("""{"token":"a","data":"3"}""");
        _server.Time.Advance(TimeSpan.FromSeconds(59));
        _server.Broker.DropExpired();

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 202, 202, 404 }));
        Assert.That(_answers.Text, Does.Contain("""{"message":"message stored for recipient a","data":{"sessions":0,"cached":1}}""")
            .And.EndsWith("""{"message":"recipient a not found","data":{"sessions":0,"cached":1}}"""));
        Assert.That(_server.Join("a").Wire.Messages, Is.EqualTo(new[] { "2" }));
    }

    [TestCase("""{"token":"a","data":"hi","idempotency_key":"k"}""", "")]
    [TestCase("""{"token":"a","data":"hi"}""", "Idempotency-Key: k\r\n")]
    [TestCase("""{"token":"a","data":"hi","idempotency_key":"k"}""", "Idempotency-Key: \"k\"\r\n")]
    public void A_key_publishes_once_wherever_it_stands(string body, string header)
    {
        TestClient client = _server.Join("a");
        Publish(body, header);
        Publish(body, header);
        Feed("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: a\r\nIdempotency-Key: k\r\nContent-Length: 0\r\n\r\n");

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 200, 200 }));
        Assert.That(_answers.Text.Split(Published), Has.Length.EqualTo(4));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "hi" }));
    }

    [Test]
    public void Two_keys_are_one_too_many()
    {
        Publish("""{"token":"a","data":"hi","idempotency_key":"k"}""", "Idempotency-Key: other\r\n");
        AssertRefused(400, "two keys");
        Assert.That(_server.Context.Idempotency.Count, Is.Zero);
    }

    [Test]
    public void A_repetition_while_the_first_waits_for_confirmations_is_409()
    {
        TestClient client = _server.Join("a");
        const string Body = """{"token":"a","data":"hi","idempotency_key":"k"}""";
        Publish(Body, "Prefer: wait=5\r\n");
        Publish(Body, "Prefer: wait=5\r\n");
        client.AnswerPing();

        TestBroker.WaitUntil(() => _answers.Statuses.Length == 2, "the answers");
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 409 }));
        Assert.That(_answers.Text, Does.Contain("\r\nPreference-Applied: wait=5\r\n")
            .And.Contain("""{"message":"message received","data":{"sessions":1,"received":1,"pending":0,"cached":0}}"""));
    }

    [TestCase("Token: a")]
    [TestCase("topic: t")]
    [TestCase("TTL: 60")]
    [TestCase("collapse-key: k")]
    public void What_a_member_says_is_no_header(string header)
    {
        Publish("""{"token":"a","data":"hi"}""", header + "\r\n");
        AssertRefused(400, "as members there, not as headers");
    }

    [TestCase("", "expected one JSON object")]
    [TestCase("hi", "expected one JSON object")]
    [TestCase("[]", "expected one JSON object")]
    [TestCase("{", "not one JSON object")]
    [TestCase("""{"token":"a","data":"1"}{"token":"a","data":"2"}""", "not one JSON object")]
    [TestCase("{\"token\":\"a\",\"data\":\"1\"}\n{\"token\":\"a\",\"data\":\"2\"}", "not one JSON object")]
    [TestCase("""{"token":"a","data":"1" """, "not one JSON object")]
    [TestCase("""{"token":"a","data":"1","sms":1}""", "unknown member: sms")]
    [TestCase("""{"token":"a","data":"1","data":"2"}""", "repeated member: data")]
    [TestCase("""{"data":"1"}""", "no recipient")]
    [TestCase("""{"token":"a b","data":"1"}""", "bad token")]
    [TestCase("""{"topic":"*","data":"1"}""", "bad topic")]
    [TestCase("""{"token":"a"}""", "no body")]
    [TestCase("""{"token":"a","data":1}""", "bad data")]
    [TestCase("""{"token":"a","base64":"*"}""", "bad base64")]
    [TestCase("""{"token":"a","data":"1","json":1}""", "more than one body")]
    [TestCase("""{"token":"a","data":"1","ttl":1.5}""", "bad ttl")]
    [TestCase("""{"token":"a","data":"1","collapse_key":""}""", "bad collapse_key")]
    [TestCase("""{"token":"a","data":"1","idempotency_key":""}""", "bad idempotency_key")]
    public void What_is_wrong_with_it_is_400_and_the_connection_goes_on(string body, string message)
    {
        TestClient client = _server.Join("a");
        Assert.That(Publish(body), Is.EqualTo(ReadOutcome.Idle));
        AssertRefused(400, message);
        Publish("""{"token":"a","data":"next"}""");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "next" }));
    }

    [Test]
    public void Bytes_that_are_not_UTF_8_are_400()
    {
        _answers.Feed([.. Encoding.ASCII.GetBytes(Head("Content-Length: 26\r\n") + "{\"token\":\"a\",\"data\":\"hi"), 0xff, (byte)'"', (byte)'}']);
        AssertRefused(400, "not UTF-8");
    }

    [Test]
    public void Data_of_the_limit_goes_however_it_is_escaped_and_one_byte_more_is_413()
    {
        TestClient client = _server.Join("a");
        string most = string.Concat(Enumerable.Repeat("\\u0001", Options.WriteBuffer));
        Publish($"{{\"token\":\"a\",\"data\":\"{most}\"}}");
        Publish($"{{\"token\":\"a\",\"data\":\"{most}x\"}}");

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 413 }));
        Assert.That(_answers.Text, Does.Contain("--write-buffer"));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { new string('\u0001', Options.WriteBuffer) }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_body_larger_than_any_JSON_of_the_limit_is_413_before_it_is_read(bool chunked)
    {
        int most = Limits.JsonBytesPerByte * Options.WriteBuffer + Limits.JsonMemberBytes;
        ReadOutcome outcome = chunked
            ? Feed(Head("Transfer-Encoding: chunked\r\n") + $"{most + 1:x}\r\n{{")
            : Feed(Head($"Content-Length: {most + 1}\r\n"));

        Assert.That(outcome, Is.EqualTo(ReadOutcome.Close));
        AssertRefused(413, "--write-buffer");
    }

    [TestCase("application/vnd.keker+json")]
    [TestCase("application/vnd.keker+json;charset=utf-8")]
    [TestCase("Application/Vnd.Keker+JSON ; charset=UTF-8")]
    public void The_type_may_have_parameters_and_the_method_may_be_POST_or_PUT(string type)
    {
        TestClient client = _server.Join("a");
        foreach (string method in new[] { "POST", "PUT" })
            Feed($"{method} /v1/publish HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: 25\r\n\r\n{{\"token\":\"a\",\"data\":\"hi\"}}");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "hi", "hi" }));
    }

    [TestCase("application/json")]
    [TestCase("application/vnd.keker+jsonp")]
    public void Of_any_other_type_the_object_is_the_message(string type)
    {
        TestClient client = _server.Join("a");
        Feed($"POST /v1/publish HTTP/1.1\r\nHost: a\r\nToken: a\r\nContent-Type: {type}\r\nContent-Length: 25\r\n\r\n{{\"token\":\"b\",\"data\":\"hi\"}}");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { """{"token":"b","data":"hi"}""" }));
    }

    [Test]
    public void While_the_server_drains_it_is_503()
    {
        _server.Context.TryBeginDrain();
        Publish("""{"token":"a","data":"hi"}""");
        AssertRefused(503, "draining");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Every_split_of_the_input_has_the_same_answers(bool chunked)
    {
        string[] bodies = ["""{"token":["a","b"],"json":{"x":"\u00e4"}}""", """{"token":"a","dota":"x"}""", """{"token":"a","data":"last"}"""];
        byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(bodies.Select(body => chunked ? Chunked(body, 7) : Head($"Content-Length: {body.Length}\r\n") + body)));
        for (int split = 0; split < bytes.Length; split++)
            await AssertAnswersAsync(bytes, [split, bytes.Length - split], segments: 1);
        await AssertAnswersAsync(bytes, [.. Enumerable.Repeat(1, bytes.Length)], segments: 1);
        for (int segments = 2; segments < bytes.Length; segments += 5)
            await AssertAnswersAsync(bytes, [bytes.Length], segments);
    }

    private static async Task AssertAnswersAsync(byte[] bytes, int[] pieces, int segments)
    {
        using var server = new TestServer(Options);
        await using var answers = new Answers(server);
        TestClient client = server.Join("a");
        int position = 0;
        foreach (int length in pieces)
        {
            answers.Feed(bytes.AsSpan(position, length), segments);
            position += length;
        }

        Assert.That(answers.Statuses, Is.EqualTo(new[] { 200, 400, 200 }));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { """{"x":"\u00e4"}""", "last" }));
    }

    private static string Head(string headers) => $"POST /v1/publish HTTP/1.1\r\nHost: a\r\nContent-Type: {Type}\r\n{headers}\r\n";

    private static string Chunked(string body, int size) =>
        Head("Transfer-Encoding: chunked\r\n") + string.Concat(body.Chunk(size).Select(chunk => $"{chunk.Length:x}\r\n{new string(chunk)}\r\n")) + "0\r\n\r\n";

    private ReadOutcome Publish(string body, string headers = "") =>
        Feed(Head($"{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n") + body);

    private ReadOutcome Feed(string text) => _answers.Feed(Encoding.UTF8.GetBytes(text));

    private void AssertRefused(int status, string message)
    {
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { status }));
        Assert.That(_answers.Text, Does.Contain(message).And.EndsWith(",\"data\":null}"));
    }
}
