using System.Text;
using Keker.Server.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Http.Publishing;
using Keker.Server.Options;

namespace Keker.Tests.Server.Http;

internal sealed class RequestReaderTests
{
    private const string Handshake =
        "GET /v1/subscribe HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static readonly (string Input, int[] Statuses, ReadOutcome End)[] Rows =
    [
        ("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", [200], ReadOutcome.Idle),
        ("HEAD /v1/health HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/stats HTTP/1.1\r\nHost: a\r\n\r\n", [200, 200], ReadOutcome.Idle),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/no HTTP/1.1\r\nHost: a\r\n\r\n", [204, 404], ReadOutcome.Idle),
        ("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Length: 5\r\n\r\nhelloPUT /v1/broadcast HTTP/1.1\r\nHost: a\r\n\r\n",
            [404, 200], ReadOutcome.Idle),
        ("POST /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"\\\"\"\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n" +
            "GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", [404, 200], ReadOutcome.Idle),
        ("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", [400], ReadOutcome.Close),
        ("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Length: 101\r\n\r\n", [413], ReadOutcome.Close),
        ("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n60\r\n", [413], ReadOutcome.Close),
        ("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello5\r\n", [400], ReadOutcome.Close),
        ("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/health HTTP/1.1\r\n\r\nGET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", [200, 400], ReadOutcome.Close),
        ("GET /v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", [200], ReadOutcome.Close),
        ("GET /v1/health HTTP/1.0\r\n\r\n", [200], ReadOutcome.Close),
        ("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/health HTTP/1.1\r\nHo", [200], ReadOutcome.NeedMore),
        ("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n" + Handshake, [200, 101], ReadOutcome.Upgraded),
        ("DELETE /v1/publish HTTP/1.1\r\nHost: a\r\n\r\n", [405], ReadOutcome.Idle),
        ("DELETE /v1/publish HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", [405], ReadOutcome.Close),
        ("GET /v1/health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", [400], ReadOutcome.Close),
        ("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Length: 5\r\nExpect: x\r\n\r\n", [417], ReadOutcome.Close),
    ];

    private static readonly KekerOptions Options = new() { WriteBuffer = 100 };

    public static IEnumerable<TestCaseData> Inputs => Rows.Select(row => new TestCaseData(row.Input, row.Statuses, row.End)
        .SetArgDisplayNames(string.Join(' ', row.Statuses), row.End.ToString(), row.Input.ReplaceLineEndings(" ")));

    [TestCaseSource(nameof(Inputs))]
    public async Task Every_split_of_the_input_has_the_same_answers(string input, int[] statuses, ReadOutcome end)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(input);
        string whole = await ReadAsync(bytes, [bytes.Length], statuses, end);

        for (int split = 1; split < bytes.Length; split++)
            Assert.That(await ReadAsync(bytes, [split, bytes.Length - split], statuses, end), Is.EqualTo(whole), $"split at {split}");
        Assert.That(await ReadAsync(bytes, Enumerable.Repeat(1, bytes.Length), statuses, end), Is.EqualTo(whole), "byte by byte");
    }

    [TestCaseSource(nameof(Inputs))]
    public async Task Buffers_may_end_anywhere(string input, int[] statuses, ReadOutcome end)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(input);

        for (int segments = 1; segments <= bytes.Length; segments += segments < 10 ? 1 : 7)
        {
            using var server = new TestServer(Options);
            await using var answers = new Answers(server);
            Assert.That(answers.Feed(bytes, segments), Is.EqualTo(end), $"{segments} buffers");
            Assert.That(answers.Statuses, Is.EqualTo(statuses), $"{segments} buffers");
        }
    }

    [Test]
    public async Task What_follows_a_handshake_is_left_for_the_frames()
    {
        using var server = new TestServer();
        await using var answers = new Answers(server);

        ReadOutcome outcome = answers.Feed(Encoding.ASCII.GetBytes(Handshake + "frames"));

        Assert.That((outcome, answers.LeftOver), Is.EqualTo((ReadOutcome.Upgraded, 6)));
    }

    [Test]
    public async Task A_hundred_continue_is_said_once_and_only_while_the_body_is_missing()
    {
        using var server = new TestServer();
        await using var answers = new Answers(server);
        byte[] head = "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"u8.ToArray();

        answers.Feed(head);
        answers.Feed("he"u8);
        answers.Feed("llo"u8);
        answers.Feed([.. head, .. "hello"u8]);

        Assert.That(answers.Statuses, Is.EqualTo(new[] { 100, 404, 404 }));
    }

    [Test]
    public async Task While_draining_every_answer_closes_and_publishes_and_subscribers_are_sent_away()
    {
        using var server = new TestServer();
        server.Context.TryBeginDrain();

        foreach (string request in new[] { "GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\n\r\n", Handshake })
        {
            await using var answers = new Answers(server);
            Assert.That(answers.Feed(Encoding.ASCII.GetBytes(request)), Is.EqualTo(ReadOutcome.Close));
            Assert.That(answers.Statuses, Is.EqualTo(new[] { 503 }));
            Assert.That(answers.Text, Does.Contain("\r\nConnection: close\r\n").And.Contain("\r\nRetry-After: 1\r\n"));
        }
    }

    [Test]
    public async Task More_requests_than_may_wait_for_their_answers_are_read_in_several_steps()
    {
        using var server = new TestServer();
        await using var answers = new Answers(server);
        const int Count = Limits.PipelinedRequests * 2 + 1;

        answers.Feed(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n", Count))));

        Assert.That(answers.Statuses, Has.Length.EqualTo(Count));
    }

    [Test]
    public async Task A_reset_exchange_remembers_nothing()
    {
        using var server = new TestServer(Options);
        await using var answers = new Answers(server);
        answers.Feed("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"u8);

        Assert.That(answers.Exchange.TryReset(), Is.True);

        HttpExchange exchange = answers.Exchange;
        Assert.That((exchange.Endpoint, exchange.ChunkedBody, exchange.Message.IsBinary, exchange.Closing), Is.EqualTo(((Endpoint?)null, (object?)null, false, false)));
        Assert.That(exchange.Message.Request.Recipients.Count, Is.Zero);
        Assert.That(exchange.Answers.Length, Is.Zero);
    }

    private static async Task<string> ReadAsync(byte[] bytes, IEnumerable<int> pieces, int[] statuses, ReadOutcome end)
    {
        using var server = new TestServer(Options);
        await using var answers = new Answers(server);
        ReadOutcome outcome = ReadOutcome.Idle;
        int position = 0;
        foreach (int length in pieces)
        {
            outcome = answers.Feed(bytes.AsSpan(position, length));
            position += length;
            if (outcome is ReadOutcome.Close or ReadOutcome.Upgraded)
                break;
        }
        Assert.That(outcome, Is.EqualTo(end));
        Assert.That(answers.Statuses, Is.EqualTo(statuses));
        return WithoutMemory(answers.Text);
    }

    /// <summary>The one number in the answers that no two runs share, and the length that goes with it.</summary>
    private static string WithoutMemory(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "(\"memoryBytes\":|Content-Length: )\\d+", "$1N");
}
