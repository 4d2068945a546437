using System.Buffers;
using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

/// <summary>Heads of responses whose body follows bit by bit.</summary>
[TestFixture]
internal sealed class StreamHeadTests
{
    private static readonly byte[] Date = "Sun, 06 Nov 1994 08:49:37 GMT"u8.ToArray();

    [Test]
    public void A_stream_is_chunked_and_has_no_length()
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.WriteStreamHead(output, chunked: true, new ResponseHeaders { Date = Date, ContentType = "text/event-stream"u8 });

        Assert.That(Encoding.ASCII.GetString(output.WrittenSpan), Is.EqualTo(
            "HTTP/1.1 200 OK\r\n"
            + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            + "Content-Type: text/event-stream\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "X-Content-Type-Options: nosniff\r\n"
            + "Cache-Control: no-store\r\n"
            + "\r\n"));
    }

    [Test]
    public void Without_chunks_the_end_of_the_connection_ends_the_body()
    {
        ArrayBufferWriter<byte> output = new();

        ResponseWriter.WriteStreamHead(output, chunked: false, new ResponseHeaders { Date = Date, Connection = ConnectionHeader.Close });

        string head = Encoding.ASCII.GetString(output.WrittenSpan);
        Assert.That(head, Does.StartWith("HTTP/1.1 200 OK\r\n").And.EndsWith("\r\nConnection: close\r\n\r\n"));
        Assert.That(head, Does.Not.Contain("Transfer-Encoding").And.Not.Contain("Content-Length"));
    }

    [TestCase(ConnectionHeader.None)]
    [TestCase(ConnectionHeader.KeepAlive)]
    public void A_body_without_end_on_a_connection_that_goes_on_is_refused(ConnectionHeader connection)
    {
        ArrayBufferWriter<byte> output = new();

        Assert.That(
            () => ResponseWriter.WriteStreamHead(output, chunked: false, new ResponseHeaders { Date = Date, Connection = connection }),
            Throws.TypeOf<ArgumentException>());
        Assert.That(output.WrittenCount, Is.Zero);
    }
}
