using System.Buffers;
using System.Buffers.Text;
using System.Numerics;

namespace Keker.Protocol.Http;

/// <summary>
/// The framing of a streamed body (RFC 9112, section 7.1): <c>chunk = 1*HEXDIG CRLF data CRLF</c>, no extensions, no trailers.
/// The data is the caller's. Stateless, thread-safe.
/// </summary>
public static class ChunkWriter
{
    /// <summary>Longest size line in bytes.</summary>
    public const int MaxHeaderLength = 8 + 2;

    /// <summary>What follows the data of a chunk.</summary>
    public static ReadOnlySpan<byte> End => "\r\n"u8;

    /// <summary>The chunk that ends the body.</summary>
    public static ReadOnlySpan<byte> LastChunk => "0\r\n\r\n"u8;

    /// <summary>Bytes that <see cref="WriteHeader"/> writes: 3 to <see cref="MaxHeaderLength"/>.</summary>
    /// <param name="dataLength">Bytes of data, 1 or more: an empty chunk is the end of the body.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static int HeaderLength(int dataLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dataLength);
        return BitOperations.Log2((uint)dataLength) / 4 + 1 + End.Length;
    }

    /// <summary>Writes the size line before the data.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="dataLength">Bytes of data, 1 or more.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or the destination is too short.</exception>
    public static int WriteHeader(Span<byte> destination, int dataLength)
    {
        int length = HeaderLength(dataLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));
        Utf8Formatter.TryFormat(dataLength, destination, out int digits, new StandardFormat('x'));
        End.CopyTo(destination[digits..]);
        return length;
    }
}
