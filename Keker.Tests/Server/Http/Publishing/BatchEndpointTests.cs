using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Http;
using Keker.Server.Options;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Http.Publishing;

/// <summary>A batch of messages in one request.</summary>
internal sealed class BatchEndpointTests
{
    private const int MostLineBytes = 80;

    private const string Lines =
        "{\"token\":\"a\",\"data\":\"1\"}\n\r\n" +
        "{\"token\":\"a\",\"data\":2}\n" +
        "{\"token\":[\"a\",\"b\",\"a\"],\"topic\":\"t\",\"data\":\"3\"}\r\n" +
        "nonsense\n" +
        "{\"token\":\"a\",\"data\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n" +
        "{\"token\":\"b\",\"data\":\"4\",\"ttl\":60}\n" +
        "{\"token\":\"a\",\"json\":{\"n\":5}}";

    private const string LineAnswers = """
        {"status":200,"message":"message published","data":{"sessions":1,"cached":0}}
        {"status":400,"message":"bad data: give a string of whole characters","data":null}
        {"status":200,"message":"message published","data":{"sessions":1,"cached":2}}
        {"status":400,"message":"expected one JSON object","data":null}
        {"status":413,"message":"line too long: send less, or raise --write-buffer","data":null}
        {"status":202,"message":"message stored for recipient b","data":{"sessions":0,"cached":1}}
        {"status":200,"message":"message published","data":{"sessions":1,"cached":0}}

        """;

    private static readonly KekerOptions Options = new() { WriteBuffer = MostLineBytes };

    private TestServer _server = null!;
    private Answers _answers = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(Options, new BrokerLimits { Lag = 64 << 10 });
        _answers = new Answers(_server);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _answers.DisposeAsync();
        _server.Dispose();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Every_split_of_the_input_has_the_same_answers_and_the_connection_goes_on(bool chunked)
    {
        byte[] bytes = Encoding.ASCII.GetBytes((chunked ? Chunked(Lines, 7) : WithLength(Lines)) + "GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int split = 0; split < bytes.Length; split++)
            await AssertAnswersAsync(bytes, [split, bytes.Length - split], segments: 1);
        await AssertAnswersAsync(bytes, [.. Enumerable.Repeat(1, bytes.Length)], segments: 1);
        for (int segments = 2; segments < bytes.Length; segments += 5)
            await AssertAnswersAsync(bytes, [bytes.Length], segments);
    }

    [Test]
    public void What_has_arrived_is_published_and_answered_before_the_rest_is_there()
    {
        TestClient client = _server.Join("a");
        string request = WithLength(Lines);

        ReadOutcome outcome = Feed(request[..(request.IndexOf('\n', request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4) + 3)]);

        Assert.That(outcome, Is.EqualTo(ReadOutcome.NeedMore));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1" }));
        Assert.That(_answers.Text, Does.Contain("\r\nTransfer-Encoding: chunked\r\n").And.Contain("\r\nContent-Type: application/x-ndjson\r\n")
            .And.EndsWith("\r\n\r\n4e\r\n{\"status\":200,\"message\":\"message published\",\"data\":{\"sessions\":1,\"cached\":0}}\n\r\n"));
    }

    [Test]
    public void A_line_without_room_waits_and_only_the_answers_behind_it_wait_for_its_own()
    {
        TestClient a = _server.Join("a");
        TestClient b = _server.Join("b");
        var others = new DirtyTopics();
        while (_server.Broker.Publish("b"u8, TestBroker.Message(1000), others).Outcome == PublishOutcome.Published)
        {
        }

        ReadOutcome first = Feed(WithLength("{\"token\":\"a\",\"data\":\"1\"}\n{\"token\":[\"a\",\"b\"],\"data\":\"2\"}\n{\"token\":\"a\",\"data\":\"3\"}"));
        Assert.That(first, Is.EqualTo(ReadOutcome.Idle));
        Assert.That(LinesOf(_answers.Text), Has.Length.EqualTo(1), "the answer to the line before");
        Assert.That(a.Wire.Messages, Is.EqualTo(new[] { "1", "2", "3" }));
        _server.Broker.Flush(others);

        TestBroker.WaitUntil(() => _answers.Text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal), "the end of the answer");
        Assert.That(LinesOf(_answers.Text).Select(line => line.Contains("\"sessions\":2", StringComparison.Ordinal)), Is.EqualTo(new[] { false, true, false }));
        Assert.That(a.Wire.Messages, Is.EqualTo(new[] { "1", "2", "3" }));
        Assert.That(b.Wire.Messages.Count(message => message == "2"), Is.EqualTo(1));
    }

    [Test]
    public void A_line_does_not_overtake_one_that_waits_for_the_same_recipient()
    {
        _server.Join("a");
        TestClient b = _server.Join("b");
        var others = new DirtyTopics();
        while (_server.Broker.Publish("b"u8, TestBroker.Message(1000), others).Outcome == PublishOutcome.Published)
        {
        }

        ReadOutcome first = Feed(WithLength("{\"token\":\"b\",\"data\":\"1\"}\n{\"token\":\"a\",\"data\":\"x\"}\n{\"token\":[\"a\",\"b\"],\"data\":\"2\"}"));
        Assert.That((first, Feed("")), Is.EqualTo((ReadOutcome.HeldUp, ReadOutcome.HeldUp)));
        _server.Broker.Flush(others);

        TestBroker.WaitUntil(() => Feed("") == ReadOutcome.Idle, "the last line");
        TestBroker.WaitUntil(() => _answers.Text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal), "the end of the answer");
        Assert.That(LinesOf(_answers.Text), Has.Length.EqualTo(3).And.All.Contains("\"status\":200"));
        Assert.That(b.Wire.Messages[^2..], Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public void The_last_line_may_wait_as_well()
    {
        _server.Join("b");
        var others = new DirtyTopics();
        while (_server.Broker.Publish("b"u8, TestBroker.Message(1000), others).Outcome == PublishOutcome.Published)
        {
        }

        ReadOutcome first = Feed(WithLength("{\"token\":\"b\",\"data\":\"1\"}"));
        _server.Broker.Flush(others);

        Assert.That(first, Is.EqualTo(ReadOutcome.Idle));
        TestBroker.WaitUntil(() => _answers.Text.EndsWith("\n\r\n0\r\n\r\n", StringComparison.Ordinal), "the end of the answer");
    }

    [Test]
    public void A_collapse_key_replaces_and_an_idempotency_key_publishes_once()
    {
        Feed(WithLength(
            "{\"token\":\"a\",\"data\":\"1\",\"collapse_key\":\"k\"}\n{\"token\":\"a\",\"data\":\"2\",\"collapse_key\":\"k\"}\n" +
            "{\"token\":\"a\",\"data\":\"3\",\"idempotency_key\":\"i\"}\n{\"token\":\"a\",\"data\":\"4\",\"idempotency_key\":\"i\"}\n"));

        Assert.That(LinesOf(_answers.Text), Has.Length.EqualTo(4).And.All.Contains("recipient a not found"));
        Assert.That(_server.Join("a").Wire.Messages, Is.EqualTo(new[] { "2", "3" }));
    }

    [Test]
    public void Lines_that_come_while_the_server_drains_are_refused_one_by_one()
    {
        TestClient client = _server.Join("a");
        Feed(Head("Content-Length: 50") + "{\"token\":\"a\",\"data\":\"1\"}\n");
        _server.Context.TryBeginDrain();

        ReadOutcome outcome = Feed("{\"token\":\"a\",\"data\":\"2\"}\n");

        Assert.That(outcome, Is.EqualTo(ReadOutcome.Idle));
        Assert.That(LinesOf(_answers.Text)[1], Is.EqualTo("""{"status":503,"message":"the server is draining: publish to another one","data":null}"""));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1" }));
        Feed(WithLength(Lines));
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 503 }), "a new batch is refused as a whole");
    }

    [Test]
    public void A_hundred_continue_comes_before_the_answer_or_not_at_all()
    {
        Feed(Head("Content-Length: 25", "Expect: 100-continue"));
        Assert.That(_answers.Text, Is.EqualTo(Encoding.ASCII.GetString(ResponseWriter.Continue)));
        Feed("{\"token\":\"a\",\"data\":\"1\"}\n");
        Feed(Head("Content-Length: 50", "Expect: 100-continue") + "{\"token\":\"a\",\"data\":\"1\"}\n");

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 100, 200, 200 }));
    }

    [Test]
    public void Broken_chunks_end_the_batch_with_a_line_that_says_so()
    {
        ReadOutcome outcome = Feed(Head("Transfer-Encoding: chunked") + "19\r\n{\"token\":\"a\",\"data\":\"1\"}\n\r\nno chunk");

        Assert.That(outcome, Is.EqualTo(ReadOutcome.Close));
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200 }));
        Assert.That(LinesOf(_answers.Text)[^1], Does.StartWith("{\"status\":400,\"message\":\"bad chunk size"));
        Assert.That(_answers.Text, Does.EndWith("\n\r\n0\r\n\r\n"));
    }

    [Test]
    public void Broken_chunks_before_any_line_are_an_error_like_any_other()
    {
        Assert.That(Feed(Head("Transfer-Encoding: chunked") + "no chunk"), Is.EqualTo(ReadOutcome.Close));
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 400 }));
    }

    [Test]
    public void Without_chunks_the_end_of_the_connection_ends_the_answer()
    {
        ReadOutcome outcome = Feed("POST /v1/publish/batch HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 24\r\n\r\n{\"token\":\"a\",\"data\":\"1\"}");

        Assert.That(outcome, Is.EqualTo(ReadOutcome.Close));
        Assert.That(_answers.Text, Does.Contain("\r\nConnection: close\r\n").And.Not.Contain("Transfer-Encoding")
            .And.EndsWith("\r\n\r\n{\"status\":404,\"message\":\"recipient a not found\",\"data\":{\"sessions\":0,\"cached\":1}}\n"));
    }

    [TestCase("")]
    [TestCase("\n \r\n\t\n")]
    public void A_batch_of_nothing_is_answered_with_nothing(string lines)
    {
        Assert.That(Feed(WithLength(lines)), Is.EqualTo(ReadOutcome.Idle));
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200 }));
        Assert.That(_answers.Text, Does.EndWith("\r\n\r\n0\r\n\r\n"));
    }

    [TestCase("Prefer: wait=2", "Prefer: wait")]
    [TestCase("Token: a", "each line")]
    [TestCase("topic: t", "each line")]
    [TestCase("TTL: 1", "each line")]
    [TestCase("Collapse-Key: k", "each line")]
    [TestCase("Idempotency-Key: k", "each line")]
    public void What_belongs_into_lines_is_refused_as_a_header(string header, string message)
    {
        Feed(Head(header, "Content-Length: 25"));

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 400 }));
        Assert.That(_answers.Text, Does.Contain(message));
    }

    [Test]
    public void Other_preferences_are_ignored_and_other_methods_refused()
    {
        Feed(Head("Prefer: return=minimal", "Content-Length: 0"));
        Feed("PUT /v1/publish/batch HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 405 }));
        Assert.That(_answers.Text, Does.Contain("\r\nAllow: POST\r\n"));
    }

    private static async Task AssertAnswersAsync(byte[] bytes, int[] pieces, int segments)
    {
        using var server = new TestServer(Options);
        await using var answers = new Answers(server);
        TestClient client = server.Join("a");
        ReadOutcome outcome = ReadOutcome.Idle;
        int position = 0;
        foreach (int length in pieces)
        {
            outcome = answers.Feed(bytes.AsSpan(position, length), segments);
            position += length;
        }

        Assert.That(outcome, Is.EqualTo(ReadOutcome.Idle));
        Assert.That(answers.Statuses, Is.EqualTo(new[] { 200, 200 }));
        Assert.That(string.Concat(LinesOf(answers.Text).Select(line => line + "\n")), Is.EqualTo(LineAnswers));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "1", "3", "{\"n\":5}" }));
    }

    private static string[] LinesOf(string text) =>
        [.. text.Split('\n').Where(line => line.StartsWith("{\"status\"", StringComparison.Ordinal))];

    private static string Head(params string[] headers) =>
        $"POST /v1/publish/batch HTTP/1.1\r\nHost: a\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";

    private static string WithLength(string lines) => Head($"Content-Length: {lines.Length}") + lines;

    private static string Chunked(string lines, int size) =>
        Head("Transfer-Encoding: chunked") + string.Concat(lines.Chunk(size).Select(chunk => $"{chunk.Length:x}\r\n{new string(chunk)}\r\n")) + "0\r\n\r\n";

    private ReadOutcome Feed(string text) => _answers.Feed(Encoding.ASCII.GetBytes(text));
}
