using System.Buffers;
using System.Text;
using System.Text.Json;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class JsonAnswersTests
{
    private static readonly byte[] Date = "Sun, 06 Nov 1994 08:49:37 GMT"u8.ToArray();

    private static readonly string[] Tokens =
    [
        "abc", "+/=-_.~", "quote\"back\\slash/", "ключ", "日本", "😀", "<script>&'", "\u2028\u202E", "\x01\x1F\x7F", new string('"', 512),
    ];

    private static IEnumerable<HttpFailure> Failures => Enum.GetValues<HttpFailure>().Where(failure => failure != HttpFailure.None);

    [TestCase(0, 0)]
    [TestCase(3, 0)]
    [TestCase(2147483648, 10)]
    [TestCase(long.MaxValue, long.MaxValue)]
    public void A_published_message_is_answered_with_counts(long sessions, long cached)
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WritePublished(output, sessions, cached, new ResponseHeaders { Date = Date });

        Assert.That(Body(output, 200), Is.EqualTo(
            $"{{\"message\":\"message published\",\"data\":{{\"sessions\":{sessions},\"cached\":{cached}}}}}"));
    }

    [TestCaseSource(nameof(Tokens))]
    public void A_recipient_that_is_not_there_is_named_in_valid_JSON(string token)
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WriteRecipientNotFound(output, Addressee.Token, Encoding.UTF8.GetBytes(token), 1, new ResponseHeaders { Date = Date });

        string body = Body(output, 404);
        using JsonDocument json = JsonDocument.Parse(body);
        Assert.That(json.RootElement.GetProperty("message").GetString(), Is.EqualTo($"recipient {token} not found"));
        Assert.That(body, Does.EndWith("\",\"data\":{\"sessions\":0,\"cached\":1}}"));
        Assert.That(body.Any(char.IsControl), Is.False, "a control character leaves the server escaped");
    }

    [TestCaseSource(nameof(Tokens))]
    public void A_stored_message_is_answered_with_its_recipient(string token)
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WriteStored(output, Addressee.Token, Encoding.UTF8.GetBytes(token), 1, new ResponseHeaders { Date = Date });

        string body = Body(output, 202);
        using JsonDocument json = JsonDocument.Parse(body);
        Assert.That(json.RootElement.GetProperty("message").GetString(), Is.EqualTo($"message stored for recipient {token}"));
        Assert.That(body, Does.EndWith("\",\"data\":{\"sessions\":0,\"cached\":1}}"));
    }

    [TestCase(Addressee.Topic, "topic n\\\"t has no subscribers", "message stored for topic n\\\"t")]
    [TestCase(Addressee.Several, "no recipient found", "message stored for its recipients")]
    public void A_topic_is_named_as_one_and_several_recipients_are_not(Addressee addressee, string notFound, string stored)
    {
        ArrayBufferWriter<byte> first = new();
        ArrayBufferWriter<byte> second = new();

        JsonAnswers.WriteRecipientNotFound(first, addressee, "n\"t"u8, 2, new ResponseHeaders { Date = Date });
        JsonAnswers.WriteStored(second, addressee, "n\"t"u8, 2, new ResponseHeaders { Date = Date });

        Assert.That(Body(first, 404), Is.EqualTo($"{{\"message\":\"{notFound}\",\"data\":{{\"sessions\":0,\"cached\":2}}}}"));
        Assert.That(Body(second, 202), Is.EqualTo($"{{\"message\":\"{stored}\",\"data\":{{\"sessions\":0,\"cached\":2}}}}"));
    }

    [TestCase(3, 3, 0, 0, 200, "message received")]
    [TestCase(3, 3, 0, 1, 200, "message received")]
    [TestCase(3, 2, 1, 0, 202, "message not confirmed by all")]
    [TestCase(3, 2, 0, 1, 202, "message not confirmed by all")]
    [TestCase(long.MaxValue, 0, long.MaxValue, long.MaxValue, 202, "message not confirmed by all")]
    public void A_receipt_is_200_only_if_all_have_confirmed(long sessions, long received, long pending, long cached, int status, string message)
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WriteReceipt(output, new ReceiptAnswer(sessions, received, pending, cached), new ResponseHeaders { Date = Date });

        Assert.That(Body(output, status), Is.EqualTo(
            $"{{\"message\":\"{message}\",\"data\":{{\"sessions\":{sessions},\"received\":{received},\"pending\":{pending},\"cached\":{cached}}}}}"));
    }

    [Test]
    public void A_broadcast_is_answered_with_recipients_and_sessions()
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WriteBroadcast(output, 2, 5, new ResponseHeaders { Date = Date });

        Assert.That(Body(output, 200), Is.EqualTo("{\"message\":\"message sent to 2 recipients\",\"data\":{\"recipients\":2,\"sessions\":5}}"));
    }

    [Test]
    public void A_message_is_escaped_and_its_data_is_not()
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WriteMessage(output, 400, "say \"please\"\n"u8, "[1,2]"u8, new ResponseHeaders { Date = Date });

        Assert.That(Body(output, 400), Is.EqualTo("{\"message\":\"say \\\"please\\\"\\n\",\"data\":[1,2]}"));
    }

    [Test]
    public void A_message_alone_has_null_for_data()
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WriteMessage(output, 503, "draining"u8, new ResponseHeaders { Date = Date, RetryAfterSeconds = 1 });

        Assert.That(Body(output, 503), Is.EqualTo("{\"message\":\"draining\",\"data\":null}"));
        Assert.That(Encoding.UTF8.GetString(output.WrittenSpan), Does.Contain("\r\nRetry-After: 1\r\n"));
    }

    [TestCaseSource(nameof(Failures))]
    public void A_failure_is_answered_with_its_message_and_the_end_of_the_connection(HttpFailure failure)
    {
        ArrayBufferWriter<byte> output = new();

        JsonAnswers.WriteFailure(output, failure, Date);

        string message = Encoding.ASCII.GetString(failure.Message());
        Assert.That(Body(output, failure.Status()), Is.EqualTo($"{{\"message\":\"{message}\",\"data\":null}}"));
        Assert.That(Encoding.UTF8.GetString(output.WrittenSpan), Does.Contain("\r\nConnection: close\r\n"));
    }

    [Test]
    public void Answers_follow_each_other_without_a_gap()
    {
        ArrayBufferWriter<byte> output = new();
        ResponseHeaders headers = new() { Date = Date };
        JsonAnswers.WritePublished(output, 1, 0, headers);
        int one = output.WrittenCount;

        JsonAnswers.WritePublished(output, 1, 0, headers);

        Assert.That(output.WrittenCount, Is.EqualTo(2 * one));
        Assert.That(output.WrittenSpan[one..].SequenceEqual(output.WrittenSpan[..one]), Is.True);
    }

    /// <summary>The body, after a check that the head announces exactly it.</summary>
    private static string Body(ArrayBufferWriter<byte> output, int status)
    {
        int end = output.WrittenSpan.IndexOf("\r\n\r\n"u8) + 4;
        string head = Encoding.UTF8.GetString(output.WrittenSpan[..end]);
        Assert.That(head, Does.StartWith($"HTTP/1.1 {status} ").And.Contain($"\r\nContent-Length: {output.WrittenCount - end}\r\n"));
        return Encoding.UTF8.GetString(output.WrittenSpan[end..]);
    }
}
