using System.Buffers;
using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class ResponseWriterTests
{
    private static readonly byte[] Date = "Sun, 06 Nov 1994 08:49:37 GMT"u8.ToArray();

    private static readonly int[] Statuses =
    [
        200, 202, 400, 401, 403, 404, 405, 406, 408, 409, 411, 413, 414, 415, 417, 422, 426, 429, 431, 500, 501, 503, 505,
    ];

    [Test]
    public void A_response_has_all_its_headers_and_its_body()
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.Write(output, 200, "{}"u8, new ResponseHeaders { Date = Date });

        Assert.That(Text(output), Is.EqualTo(
            "HTTP/1.1 200 OK\r\n"
            + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            + "Content-Type: application/json; charset=utf-8\r\n"
            + "Content-Length: 2\r\n"
            + "X-Content-Type-Options: nosniff\r\n"
            + "Cache-Control: no-store\r\n"
            + "\r\n{}"));
    }

    [TestCaseSource(nameof(Statuses))]
    public void Every_status_has_its_line_with_a_reason(int status)
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.Write(output, status, default, new ResponseHeaders { Date = Date });

        Assert.That(Text(output), Does.Match($@"^HTTP/1\.1 {status} [A-Z][A-Za-z ]+\r\n"));
        Assert.That(Text(output), Does.Contain("\r\nContent-Length: 0\r\n").And.EndsWith("\r\n\r\n"));
        Assert.That(Text(output).Contains("WWW-Authenticate: Bearer\r\n", StringComparison.Ordinal), Is.EqualTo(status == 401));
    }

    [TestCase(ConnectionHeader.None, false, "")]
    [TestCase(ConnectionHeader.Close, false, "Connection: close\r\n")]
    [TestCase(ConnectionHeader.KeepAlive, false, "Connection: keep-alive\r\n")]
    [TestCase(ConnectionHeader.None, true, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")]
    [TestCase(ConnectionHeader.Close, true, "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")]
    [TestCase(ConnectionHeader.KeepAlive, true, "Connection: Upgrade, keep-alive\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")]
    public void Connection_and_Upgrade_go_together(ConnectionHeader connection, bool offer, string lines)
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.Write(output, 426, default, new ResponseHeaders { Date = Date, Connection = connection, OfferWebSocket = offer });

        Assert.That(Text(output), Does.EndWith("Cache-Control: no-store\r\n" + lines + "\r\n"));
    }

    [Test]
    public void Allow_and_Retry_After_and_a_content_type_are_written_when_set()
    {
        ArrayBufferWriter<byte> output = new();
        ResponseHeaders headers = new() { Date = Date, Allow = "PUT, POST"u8, RetryAfterSeconds = 15, ContentType = "text/plain"u8 };

        ResponseWriter.Write(output, 405, "x"u8, headers);

        Assert.That(Text(output), Does.Contain("\r\nContent-Type: text/plain\r\n"));
        Assert.That(Text(output), Does.EndWith("\r\nAllow: PUT, POST\r\nRetry-After: 15\r\n\r\nx"));
    }

    [Test]
    public void The_answer_to_HEAD_keeps_the_length_and_leaves_the_body_out()
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.Write(output, 200, "0123456789"u8, new ResponseHeaders { Date = Date, OmitBody = true });
        JsonAnswers.WritePublished(output, 1, 0, new ResponseHeaders { Date = Date, OmitBody = true });

        Assert.That(Text(output), Does.Contain("Content-Length: 10\r\n").And.Contain("Content-Length: 64\r\n"));
        Assert.That(Text(output), Does.Not.Contain("0123456789").And.Not.Contain("message").And.EndsWith("\r\n\r\n"));
    }

    [Test]
    public void No_content_has_no_length()
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.WriteNoContent(output, new ResponseHeaders { Date = Date, Allow = "GET"u8 });

        Assert.That(Text(output), Does.StartWith("HTTP/1.1 204 No Content\r\nDate: ").And.EndsWith("Allow: GET\r\n\r\n"));
        Assert.That(Text(output), Does.Not.Contain("Content-Length").And.Not.Contain("Content-Type:"));
    }

    [Test]
    public void What_the_client_has_kept_is_not_sent_again()
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.WriteNotModified(output, new ResponseHeaders { Date = Date, CacheControl = "no-cache"u8, MoreLines = "ETag: \"a\"\r\n"u8 });

        Assert.That(Text(output), Does.StartWith("HTTP/1.1 304 Not Modified\r\nDate: ").And.EndsWith("Cache-Control: no-cache\r\nETag: \"a\"\r\n\r\n"));
        Assert.That(Text(output), Does.Not.Contain("Content-Length").And.Not.Contain("Content-Type:").And.Not.Contain("no-store"));
    }

    [Test]
    public void The_longest_head_fits_the_space_that_is_asked_for()
    {
        // An output that gives not one byte more than it is asked for.
        ExactOutput output = new();
        ResponseHeaders headers = new()
        {
            Date = Date,
            Connection = ConnectionHeader.KeepAlive,
            OfferWebSocket = true,
            RetryAfterSeconds = int.MaxValue,
            AppliedWaitSeconds = int.MaxValue,
            Allow = new byte[300],
            ContentType = new byte[300],
            CacheControl = new byte[300],
        };
        foreach (int status in Statuses)
        {
            ResponseWriter.Write(output, status, default, headers);
            JsonAnswers.WriteRecipientNotFound(output, Addressee.Token, Enumerable.Repeat((byte)1, 512).ToArray(), long.MaxValue, headers);
            JsonAnswers.WriteStored(output, Addressee.Token, Enumerable.Repeat((byte)1, 512).ToArray(), long.MaxValue, headers);
            JsonAnswers.WriteReceipt(output, new ReceiptAnswer(long.MaxValue, long.MaxValue - 1, long.MaxValue, long.MaxValue), headers);
            JsonAnswers.WriteBroadcast(output, long.MaxValue, long.MaxValue, headers);
            JsonAnswers.WriteMessage(output, status, Enumerable.Repeat((byte)2, 512).ToArray(), headers);
        }

        Assert.That(output.Count, Is.EqualTo(6 * Statuses.Length));
    }

    [Test]
    public void What_the_caller_must_not_do_is_refused()
    {
        ArrayBufferWriter<byte> output = new();

        Assert.That(() => ResponseWriter.Write(output, 299, default, new ResponseHeaders { Date = Date }),
            Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => ResponseWriter.Write(output, 200, default, new ResponseHeaders { Date = "now"u8 }),
            Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => JsonAnswers.WritePublished(output, -1, 0, new ResponseHeaders { Date = Date }),
            Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(output.WrittenCount, Is.Zero);
    }

    [TestCase("HTTP/1.1", "", ConnectionHeader.None)]
    [TestCase("HTTP/1.1", "Connection: close\r\n", ConnectionHeader.Close)]
    [TestCase("HTTP/1.0", "", ConnectionHeader.Close)]
    [TestCase("HTTP/1.0", "Connection: keep-alive\r\n", ConnectionHeader.KeepAlive)]
    public void The_connection_header_answers_the_request(string version, string fields, ConnectionHeader expected)
    {
        RequestHead head = new();
        Assert.That(head.Parse(HeadVerdict.Bytes($"GET / {version}\r\nHost: a\r\n{fields}\r\n")), Is.EqualTo(ParseStatus.Complete));

        Assert.That(ResponseHeaders.ConnectionFor(head), Is.EqualTo(expected));
    }

    [Test]
    public void A_date_is_written_in_GMT()
    {
        Span<byte> date = stackalloc byte[HttpDate.Length + 5];

        int length = HttpDate.Format(new DateTimeOffset(1994, 11, 6, 10, 49, 37, 999, TimeSpan.FromHours(2)), date);

        Assert.That(Encoding.ASCII.GetString(date[..length]), Is.EqualTo("Sun, 06 Nov 1994 08:49:37 GMT"));
        Assert.That(() => HttpDate.Format(DateTimeOffset.UnixEpoch, new byte[HttpDate.Length - 1]), Throws.TypeOf<ArgumentException>());
    }

    [Test]
    public void The_interim_response_is_one_line()
    {
        Assert.That(Encoding.ASCII.GetString(ResponseWriter.Continue), Is.EqualTo("HTTP/1.1 100 Continue\r\n\r\n"));
    }

    private static string Text(ArrayBufferWriter<byte> output) => Encoding.UTF8.GetString(output.WrittenSpan);

    private sealed class ExactOutput : IBufferWriter<byte>
    {
        private int _asked;

        public int Count { get; private set; }

        public Span<byte> GetSpan(int sizeHint) => new byte[_asked = sizeHint];

        public Memory<byte> GetMemory(int sizeHint) => GetSpan(sizeHint).ToArray();

        public void Advance(int count)
        {
            Assert.That(count, Is.InRange(1, _asked));
            Count++;
        }
    }
}
