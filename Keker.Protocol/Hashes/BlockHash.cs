using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Keker.Protocol.Hashes;

/// <summary>What the functions of FIPS 180-4 with blocks of 64 bytes have in common: the padding (section 5.1.1). Stateless, thread-safe.</summary>
internal static class BlockHash
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockLength = 64;

    private const int LengthBytes = 8;

    /// <summary>Hashes the input.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="state">The first state; the last one afterwards.</param>
    /// <param name="hash">At least four bytes for each word of the state.</param>
    [SkipLocalsInit]
    public static void Run<T>(ReadOnlySpan<byte> input, Span<uint> state, Span<byte> hash)
        where T : IBlockHash
    {
        ulong bits = (ulong)input.Length * 8;
        for (; input.Length >= BlockLength; input = input[BlockLength..])
            T.Mix(state, input);

        // The rest, a 1 bit, zeros, and the length in bits: one block, or two when the length does not fit the first.
        Span<byte> padded = stackalloc byte[2 * BlockLength];
        padded.Clear();
        input.CopyTo(padded);
        padded[input.Length] = 0x80;
        int end = input.Length + 1 + LengthBytes <= BlockLength ? BlockLength : 2 * BlockLength;
        BinaryPrimitives.WriteUInt64BigEndian(padded[(end - LengthBytes)..], bits);
        for (int at = 0; at < end; at += BlockLength)
            T.Mix(state, padded[at..]);

        for (int i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash[(i * sizeof(uint))..], state[i]);
    }
}
