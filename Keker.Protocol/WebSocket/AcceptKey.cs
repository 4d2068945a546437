using System.Buffers.Text;
using Keker.Protocol.Hashes;

namespace Keker.Protocol.WebSocket;

/// <summary>The value of Sec-WebSocket-Accept (RFC 6455 4.2.2 item 5.4). Stateless, thread-safe.</summary>
public static class AcceptKey
{
    /// <summary>Bytes of a Sec-WebSocket-Key: 16 random bytes in base64.</summary>
    public const int KeyLength = 24;

    /// <summary>Bytes of a Sec-WebSocket-Accept: a SHA-1 hash in base64.</summary>
    public const int AcceptLength = 28;

    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Writes the answer to a client's key.</summary>
    /// <param name="key24">The 24 bytes of Sec-WebSocket-Key as they came; that they are base64 was checked before.</param>
    /// <param name="accept28">Gets the 28 bytes of Sec-WebSocket-Accept.</param>
    /// <exception cref="ArgumentOutOfRangeException">The key is not 24 bytes, or there is no room for 28.</exception>
    public static void Write(ReadOnlySpan<byte> key24, Span<byte> accept28)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key24.Length, KeyLength, nameof(key24));
        ArgumentOutOfRangeException.ThrowIfLessThan(accept28.Length, AcceptLength, nameof(accept28));

        Span<byte> input = stackalloc byte[KeyLength + 36];
        key24.CopyTo(input);
        Guid.CopyTo(input[KeyLength..]);
        Span<byte> hash = stackalloc byte[Sha1.HashLength];
        Sha1.Hash(input, hash);
        Base64.EncodeToUtf8(hash, accept28, out _, out _);
    }
}
