using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keker.Protocol.Hashes;

/// <summary>
/// SHA-1 (FIPS 180-4) for the opening handshake, which proves only that the server speaks WebSocket. The runtime's own would
/// load OpenSSL's libcrypto: memory, and no handshake where it is missing. Not for secrets. Stateless, thread-safe.
/// </summary>
internal sealed class Sha1 : IBlockHash
{
    public const int HashLength = 20;

    private Sha1()
    {
    }

    /// <summary>Hashes the input.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="hash">At least <see cref="HashLength"/> bytes.</param>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> hash)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        BlockHash.Run<Sha1>(input, state, hash);
    }

    [SkipLocalsInit]
    static void IBlockHash.Mix(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[80];
        for (int i = 0; i < 16; i++)
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * sizeof(uint))..]);
        for (int i = 16; i < words.Length; i++)
            words[i] = BitOperations.RotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);

        (uint a, uint b, uint c, uint d, uint e) = (state[0], state[1], state[2], state[3], state[4]);
        for (int i = 0; i < words.Length; i++)
        {
            uint mixed = (i / 20) switch
            {
                0 => ((b & c) | (~b & d)) + 0x5A827999,
                1 => (b ^ c ^ d) + 0x6ED9EBA1,
                2 => ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC,
                _ => (b ^ c ^ d) + 0xCA62C1D6,
            };
            uint next = BitOperations.RotateLeft(a, 5) + mixed + e + words[i];
            (a, b, c, d, e) = (next, a, BitOperations.RotateLeft(b, 30), c, d);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
