using System.Buffers;
using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.Http;

/// <summary>The hot path allocates nothing once it is warm.</summary>
[TestFixture]
internal sealed class HttpAllocationTests
{
    private const int Rounds = 1000;

    [Test]
    public void Parsing_heads_allocates_nothing()
    {
        byte[][] inputs = [.. GoodHeads.All.Select(row => HeadVerdict.Bytes((string)row.Arguments[0]!)), HeadVerdict.Bytes("GET /\0")];
        RequestHead head = new();
        int found = 0;
        Assert.That(Allocations.Least(() =>
        {
            foreach (byte[] input in inputs)
            {
                head.Reset();
                head.Parse(input.AsSpan(0, input.Length / 2));
                head.Parse(input);
                if (head.TryGet(input, "token"u8, out _))
                    found++;
                found += head.Count(input, "connection"u8);
            }
        }, Rounds), Is.Zero);
        Assert.That(found, Is.Positive);
    }

    [Test]
    public void Decoding_chunks_allocates_nothing()
    {
        byte[] input = HeadVerdict.Bytes("5;a=\"b\"\r\nhello\r\n6 ;c\r\n world\r\n0\r\nX: y\r\n\r\n");
        long body = 0;
        Assert.That(Allocations.Least(() =>
        {
            ChunkedDecoder decoder = new(100);
            ReadOnlySpan<byte> rest = input;
            while (decoder.Read(rest, out int consumed, out ReadOnlySpan<byte> data) == ChunkStatus.Data)
            {
                rest = rest[consumed..];
                body += data.Length;
            }
        }, Rounds), Is.Zero);
        Assert.That(body % 11, Is.Zero);
    }

    [Test]
    public void Writing_answers_allocates_nothing()
    {
        ArrayBufferWriter<byte> output = new(65536);
        byte[] token = "日本-\"token\""u8.ToArray();
        byte[] date = new byte[HttpDate.Length];
        DateTimeOffset moment = DateTimeOffset.UnixEpoch;
        Assert.That(Allocations.Least(() =>
        {
            output.ResetWrittenCount();
            HttpDate.Format(moment, date);
            ResponseHeaders headers = new() { Date = date, Connection = ConnectionHeader.Close, Allow = "GET"u8, RetryAfterSeconds = 5 };
            ResponseWriter.Write(output, 200, token, headers);
            ResponseWriter.WriteNoContent(output, headers);
            JsonAnswers.WritePublished(output, 123456, 0, headers);
            JsonAnswers.WriteBroadcast(output, 1, 2, headers);
            JsonAnswers.WriteRecipientNotFound(output, Addressee.Token, token, 1, headers);
            JsonAnswers.WriteStored(output, Addressee.Token, token, 1, headers);
            JsonAnswers.WriteReceipt(output, new ReceiptAnswer(3, 2, 1, 0), headers);
            BatchAnswers.WritePublished(output, 1, 0);
            BatchAnswers.WriteMessage(output, 400, token);
            ResponseWriter.WriteStreamHead(output, chunked: true, headers);
            JsonAnswers.WriteMessage(output, 400, token, headers);
            JsonAnswers.WriteFailure(output, HttpFailure.BadHost, date);
        }, Rounds), Is.Zero);
        Assert.That(output.WrittenCount, Is.GreaterThan(1000));
    }

    [Test]
    public void Judging_a_handshake_allocates_nothing()
    {
        byte[] input = HeadVerdict.Bytes(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c, websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: x\r\nSec-WebSocket-Extensions: y\r\n\r\n");
        RequestHead head = new();
        Assert.That(head.Parse(input), Is.EqualTo(ParseStatus.Complete));
        int extensions = 0;
        Assert.That(Allocations.Least(() =>
        {
            extensions = 0;
            if (HandshakeRequest.Evaluate(head, input, out _) != HandshakeRequest.Result.Accept)
                return;
            foreach (Slice _ in HandshakeRequest.Extensions(head, input))
                extensions++;
        }, Rounds), Is.Zero);
        Assert.That(extensions, Is.EqualTo(2));
    }

    [Test]
    public void Reading_the_fields_of_a_publish_allocates_nothing()
    {
        byte[] input = HeadVerdict.Bytes(
            "GET /?a&token=a%20b HTTP/1.1\r\nHost: a\r\nTTL: 5\r\nPrefer: a=\"b,c\", wait=2\r\nCollapse-Key: k\r\nIdempotency-Key: \"k\"\r\n"
            + "Accept: text/html, text/event-stream;q=0.5\r\n\r\n");
        RequestHead head = new();
        Assert.That(head.Parse(input), Is.EqualTo(ParseStatus.Complete));
        byte[] token = new byte[16];
        int sum = 0;
        Assert.That(Allocations.Least(() =>
        {
            sum = 0;
            TimeToLive.Read(head, input, out int ttl);
            WaitPreference.Read(head, input, out int wait);
            CollapseKey.Read(head, input, out Slice collapse);
            IdempotencyKey.Read(head, input, out Slice key);
            QueryString.Find(head.Query.In(input), "token"u8, token, out int length);
            sum = ttl + wait + collapse.Length + key.Length + length + (AcceptField.NamesEventStream(head, input) ? 100 : 0);
        }, Rounds), Is.Zero);
        Assert.That(sum, Is.EqualTo(5 + 2 + 1 + 1 + 3 + 100));
    }
}
