using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class ChunkedDecoderTests
{
    private const long Limit = 1 << 20;

    [TestCase("0\r\n\r\n", "")]
    [TestCase("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [TestCase("00000005\r\nhello\r\n00000000\r\n\r\n", "hello")]
    [TestCase("1\r\na\r\n2\r\nbc\r\nA\r\n\r\n3456789\n\r\n0\r\n\r\n", "abc\r\n3456789\n")]
    [TestCase("1f\r\n0123456789012345678901234567890\r\n0\r\n\r\n", "0123456789012345678901234567890")]
    [TestCase("5;a\r\nhello\r\n0;b=c;d=\"e;\\\" \t\xFF\"\r\n\r\n", "hello")]
    [TestCase("5 ; a = b ;\tc\r\nhello\r\n0\r\n\r\n", "hello")]
    [TestCase("5;a=\"\";b\r\nhello\r\n0\r\n\r\n", "hello")]
    [TestCase("5\r\nhello\r\n0\r\nTrailer: x\r\nHost: evil\r\nContent-Length: 9\r\nE:\r\n\r\n", "hello")]
    public void A_body_is_unframed_alike_at_every_split(string framed, string body)
    {
        ChunkVerdict verdict = ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(framed), Limit);

        Assert.That(verdict, Is.EqualTo(new ChunkVerdict(ChunkStatus.Complete, HttpFailure.None, framed.Length, body)));
    }

    [TestCase("0x5\r\n")]
    [TestCase("+5\r\n")]
    [TestCase("-5\r\n")]
    [TestCase("5_0\r\n")]
    [TestCase(" 5\r\n")]
    [TestCase("5 \r\n")]
    [TestCase("5\t\r\n")]
    [TestCase("5 5\r\n")]
    [TestCase("\r\n")]
    [TestCase(";a\r\n")]
    [TestCase("g\r\n")]
    [TestCase(":\r\n")]
    [TestCase("5:\r\n")]
    [TestCase("5\0\r\n")]
    [TestCase("\xA0" + "5\r\n")]
    [TestCase("000000005\r\n")]
    [TestCase("100000000\r\n")]
    public void A_bad_chunk_size_is_refused(string line)
    {
        Refuse(line + "hello\r\n0\r\n\r\n", HttpFailure.BadChunkSize);
    }

    [TestCase("5;\r\n")]
    [TestCase("5; \r\n")]
    [TestCase("5;;a\r\n")]
    [TestCase("5;=a\r\n")]
    [TestCase("5;a=\r\n")]
    [TestCase("5;a \r\n")]
    [TestCase("5;a=b \r\n")]
    [TestCase("5;a b\r\n")]
    [TestCase("5;a=b c\r\n")]
    [TestCase("5;a=\"b\r\n")]
    [TestCase("5;a=\"b\"c\r\n")]
    [TestCase("5;a=\"\x01\"\r\n")]
    [TestCase("5;a=\"b\\\r\"\r\n")]
    [TestCase("5;a\x01\r\n")]
    [TestCase("5;a\xFF\r\n")]
    public void A_bad_chunk_extension_is_refused(string line)
    {
        Refuse(line + "hello\r\n0\r\n\r\n", HttpFailure.BadChunkExtension);
    }

    [TestCase("5\nhello\r\n0\r\n\r\n", HttpFailure.BareLineFeed)]
    [TestCase("\n", HttpFailure.BareLineFeed)]
    [TestCase("5;a\nhello\r\n0\r\n\r\n", HttpFailure.BareLineFeed)]
    [TestCase("5;a=\"\n\"\r\n", HttpFailure.BareLineFeed)]
    [TestCase("5\rhello\r\n0\r\n\r\n", HttpFailure.BareCarriageReturn)]
    [TestCase("5;a\rb\r\nhello", HttpFailure.BareCarriageReturn)]
    [TestCase("0\rX\r\n", HttpFailure.BareCarriageReturn)]
    [TestCase("0\r\n\rX", HttpFailure.BareCarriageReturn)]
    [TestCase("0\r\n\n", HttpFailure.BareLineFeed)]
    [TestCase("5\r\nhello\n0\r\n\r\n", HttpFailure.BadChunkEnd)]
    [TestCase("5\r\nhello\rX", HttpFailure.BadChunkEnd)]
    [TestCase("5\r\nhello world\r\n0\r\n\r\n", HttpFailure.BadChunkEnd)]
    [TestCase("5\r\nhell\r\n0\r\n\r\n", HttpFailure.BadChunkEnd)]
    public void Broken_framing_is_refused(string framed, HttpFailure failure)
    {
        Refuse(framed, failure);
    }

    [Test]
    public void Trailers_follow_the_rules_of_header_fields()
    {
        foreach ((string field, HttpFailure failure) in RefusedFields.All)
            Refuse("0\r\nX: y\r\n" + field, failure);
    }

    [TestCase("a\r\n", HttpFailure.None)]
    [TestCase("b\r\n", HttpFailure.BodyTooLarge)]
    [TestCase("ffffffff\r\n", HttpFailure.BodyTooLarge)]
    [TestCase("3\r\nabc\r\n8\r\n", HttpFailure.BodyTooLarge)]
    [TestCase("3\r\nabc\r\n7\r\n", HttpFailure.None)]
    public void The_body_limit_is_enforced_by_the_size_line_alone(string framed, HttpFailure failure)
    {
        ChunkVerdict verdict = ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(framed), 10);

        Assert.That((verdict.Failure, verdict.Consumed), Is.EqualTo((failure, framed.Length)));
    }

    [Test]
    public void Extensions_are_counted_over_the_whole_body()
    {
        string half = ";" + new string('a', HttpLimits.MaxChunkExtensionBytes / 2 - 1);
        string full = $"1{half}\r\nx\r\n0{half}\r\n\r\n";

        Assert.That(ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(full), Limit).Status, Is.EqualTo(ChunkStatus.Complete));
        Refuse($"1{half}\r\nx\r\n0{half}a\r\n\r\n", HttpFailure.ChunkExtensionsTooLong);
    }

    [TestCase(0, 64)]
    [TestCase(100, 70)]
    public void Chunks_are_counted(long bodyLimit, int chunks)
    {
        Assert.That(HttpLimits.MaxChunks(bodyLimit), Is.EqualTo(chunks));
    }

    [Test]
    public void A_body_of_too_many_chunks_is_refused_at_the_first_too_many()
    {
        const int limit = 1000;
        int chunks = (int)HttpLimits.MaxChunks(limit);
        string body = string.Concat(Enumerable.Repeat("1\r\na\r\n", chunks));

        Assert.That(ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(body + "0\r\n\r\n"), limit).Status, Is.EqualTo(ChunkStatus.Complete));
        ChunkVerdict over = ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(body + "1\r\na\r\n0\r\n\r\n"), limit);
        Assert.That((over.Failure, over.Consumed), Is.EqualTo((HttpFailure.TooManyChunks, body.Length + 3)));
    }

    [Test]
    public void Trailers_have_what_the_head_left_of_the_header_budget()
    {
        RequestHead head = new();
        byte[] bytes = HeadVerdict.Bytes($"PUT / HTTP/1.1\r\nHost: a\r\nX: {new string('v', 15500)}\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete));
        int left = HttpLimits.MaxHeaderBlock - head.FieldBytes;
        string fits = "0\r\nX:" + new string('a', left - 4) + "\r\n\r\n";
        string over = "0\r\nX:" + new string('a', left - 3) + "\r\n\r\n";
        string fields = "0\r\n" + string.Concat(Enumerable.Repeat("X:\r\n", HttpLimits.MaxHeaders - head.FieldCount));

        Assert.That(ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(fits), Limit, head).Status, Is.EqualTo(ChunkStatus.Complete));
        Assert.That(ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(over), Limit, head).Failure, Is.EqualTo(HttpFailure.HeaderBlockTooLarge));
        Assert.That(ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(fields + "\r\n"), Limit, head).Status, Is.EqualTo(ChunkStatus.Complete));
        Assert.That(ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(fields + "X:\r\n\r\n"), Limit, head).Failure, Is.EqualTo(HttpFailure.TooManyHeaders));
    }

    [Test]
    public void Bytes_behind_the_body_are_not_consumed_and_the_end_stands()
    {
        byte[] input = HeadVerdict.Bytes("1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
        ChunkedDecoder decoder = new(Limit);
        Assert.That(decoder.Read(input, out int first, out ReadOnlySpan<byte> data), Is.EqualTo(ChunkStatus.Data));
        Assert.That(Encoding.Latin1.GetString(data), Is.EqualTo("a"));
        Assert.That(decoder.Read(input.AsSpan(first), out int second, out _), Is.EqualTo(ChunkStatus.Complete));

        Assert.That(Encoding.Latin1.GetString(input.AsSpan(first + second)), Is.EqualTo("GET / HTTP/1.1\r\n"));
        Assert.That(decoder.Read(input.AsSpan(first + second), out int more, out _), Is.EqualTo(ChunkStatus.Complete));
        Assert.That(more, Is.Zero);
    }

    [Test]
    public void Chunk_data_is_handed_out_in_pieces_as_large_as_what_came_in()
    {
        byte[] input = HeadVerdict.Bytes("FFFF\r\n" + new string('a', 0xFFFF) + "\r\n0\r\n\r\n");
        ChunkedDecoder decoder = new(Limit);

        Assert.That(decoder.Read(input, out _, out ReadOnlySpan<byte> data), Is.EqualTo(ChunkStatus.Data));
        Assert.That(data.Length, Is.EqualTo(0xFFFF));
    }

    [Test]
    public void A_negative_body_limit_is_a_mistake_of_the_caller()
    {
        Assert.That(() => new ChunkedDecoder(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static void Refuse(string framed, HttpFailure failure)
    {
        ChunkVerdict verdict = ChunkVerdict.AtEverySplit(HeadVerdict.Bytes(framed), Limit);
        Assert.That((verdict.Status, verdict.Failure), Is.EqualTo((ChunkStatus.Failed, failure)), framed);
    }
}
