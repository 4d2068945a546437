using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class ChunkWriterTests
{
    [TestCase(1, "1\r\n")]
    [TestCase(15, "f\r\n")]
    [TestCase(16, "10\r\n")]
    [TestCase(255, "ff\r\n")]
    [TestCase(256, "100\r\n")]
    [TestCase(0xABCDEF, "abcdef\r\n")]
    [TestCase(int.MaxValue, "7fffffff\r\n")]
    public void A_size_is_hexadecimal(int length, string expected)
    {
        byte[] header = new byte[ChunkWriter.HeaderLength(length)];

        Assert.That(ChunkWriter.WriteHeader(header, length), Is.EqualTo(header.Length).And.LessThanOrEqualTo(ChunkWriter.MaxHeaderLength));
        Assert.That(Encoding.ASCII.GetString(header), Is.EqualTo(expected));
    }

    [Test]
    public void What_is_written_is_read_back()
    {
        int[] sizes = [1, 15, 16, 17, 255, 256, 4095, 4096];
        List<byte> stream = [];
        foreach (int size in sizes)
        {
            byte[] header = new byte[ChunkWriter.MaxHeaderLength];
            stream.AddRange(header.AsSpan(0, ChunkWriter.WriteHeader(header, size)));
            stream.AddRange(Enumerable.Repeat((byte)'x', size));
            stream.AddRange(ChunkWriter.End);
        }
        stream.AddRange(ChunkWriter.LastChunk);

        ChunkedDecoder decoder = new(100_000);
        ReadOnlySpan<byte> rest = stream.ToArray();
        int body = 0;
        ChunkStatus status;
        while ((status = decoder.Read(rest, out int consumed, out ReadOnlySpan<byte> data)) == ChunkStatus.Data)
        {
            rest = rest[consumed..];
            body += data.Length;
        }

        Assert.That((status, body), Is.EqualTo((ChunkStatus.Complete, sizes.Sum())));
    }

    [Test]
    public void An_empty_chunk_would_end_the_body_and_is_refused()
    {
        Assert.That(() => ChunkWriter.WriteHeader(new byte[10], 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => ChunkWriter.HeaderLength(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => ChunkWriter.WriteHeader(new byte[3], 16), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
