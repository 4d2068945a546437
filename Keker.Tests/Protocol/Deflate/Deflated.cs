using System.Buffers;
using System.IO.Compression;
using System.Text;
using Keker.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Protocol.Deflate;

/// <summary>Deflated messages made by the platform's compressor, and what the code under test makes of them.</summary>
internal static class Deflated
{
    private static readonly byte[] Tail = [0, 0, 0xFF, 0xFF];

    /// <summary>The payload that RFC 7692, section 7.2.1, makes of a message.</summary>
    public static byte[] Message(
        ReadOnlySpan<byte> plain, int level = 6, ZLibCompressionStrategy strategy = ZLibCompressionStrategy.Default, int flushEvery = int.MaxValue)
    {
        using var stream = new MemoryStream();
        using var deflate = new DeflateStream(
            stream, new ZLibCompressionOptions { CompressionLevel = level, CompressionStrategy = strategy }, leaveOpen: true);
        for (; !plain.IsEmpty; plain = plain[Math.Min(flushEvery, plain.Length)..])
        {
            deflate.Write(plain[..Math.Min(flushEvery, plain.Length)]);
            deflate.Flush();
        }

        byte[] bytes = stream.ToArray();
        if (bytes.Length == 0) return [0];
        Assert.That(bytes.AsSpan().EndsWith(Tail), Is.True);
        return bytes[..^Tail.Length];
    }

    /// <summary>A whole stream, which ends with a final block and is not flushed.</summary>
    public static byte[] FinalStream(ReadOnlySpan<byte> plain)
    {
        using var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(plain);
        return stream.ToArray();
    }

    /// <summary>What the platform inflates a message to, up to its first final block; null if it refuses it.</summary>
    public static byte[]? InflateByPlatform(byte[] message)
    {
        using var stream = new DeflateStream(new MemoryStream([.. message, .. Tail, 1, .. Tail]), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        try
        {
            stream.CopyTo(plain);
            return plain.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    public static InflateStatus Inflate(byte[] message, out byte[] plain, int maxBytes = 32 * 1024 * 1024, int segmentSize = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        ReadOnlySequence<byte> sequence = segmentSize == 0 ? new(message) : Segments.Of(message, segmentSize);
        InflateStatus status = Inflater.Inflate(sequence, maxBytes, output);
        plain = output.WrittenSpan.ToArray();
        return status;
    }

    /// <summary>A message written down bit by bit, in the order of the stream; spaces are for the reader.</summary>
    public static byte[] Bits(string bits)
    {
        bits = bits.Replace(" ", "");
        byte[] bytes = new byte[(bits.Length + 7) / 8];
        for (int i = 0; i < bits.Length; i++) bytes[i / 8] |= (byte)((bits[i] - '0') << (i % 8));
        return bytes;
    }

    /// <summary>JSON as applications send it: names that recur, values that do not.</summary>
    public static byte[] Json(int bytes, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder("[");
        while (text.Length < bytes)
        {
            text.Append(
                $"{{\"id\":{random.Next(1_000_000)},\"user\":\"user-{random.Next(5000)}\",\"price\":{random.Next(100_000) / 100.0},"
                + $"\"active\":{(random.Next(2) == 0 ? "true" : "false")},\"at\":\"2026-03-{random.Next(10, 28)}T{random.Next(10, 24)}:00:00Z\"}},");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, bytes));
    }

    /// <summary>Bytes of a mix that a seed chooses: random, JSON, runs, few symbols, repeats from far back.</summary>
    public static byte[] Mixed(int bytes, int seed)
    {
        var random = new Random(seed);
        byte[] mixed = new byte[bytes];
        for (int at = 0; at < bytes;)
        {
            Span<byte> part = mixed.AsSpan(at, Math.Min(random.Next(1, 40_000), bytes - at));
            switch (random.Next(5))
            {
                case 0: random.NextBytes(part); break;
                case 1: Json(part.Length, random.Next()).CopyTo(part); break;
                case 2: part.Fill((byte)random.Next(256)); break;
                case 3: random.GetItems("abcd"u8, part); break;
                default: mixed.AsSpan(random.Next(at + 1), part.Length).CopyTo(part); break;
            }

            at += part.Length;
        }

        return mixed;
    }
}
