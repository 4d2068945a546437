namespace Keker.Protocol.Hashes;

/// <summary>HMAC with SHA-256 (RFC 2104), without the system's OpenSSL. Stateless, thread-safe.</summary>
public static class HmacSha256
{
    private const int BlockLength = 64;

    /// <summary>The code of a message.</summary>
    /// <param name="key">The key, of any length.</param>
    /// <param name="message">The message.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
        if (key.Length > BlockLength)
            Sha256.Hash(key, block);
        else
            key.CopyTo(block);
        byte[] inner = Hash(block, 0x36, message);
        return Hash(block, 0x5C, inner);
    }

    private static byte[] Hash(ReadOnlySpan<byte> block, byte pad, ReadOnlySpan<byte> message)
    {
        byte[] input = new byte[BlockLength + message.Length];
        for (int i = 0; i < BlockLength; i++)
            input[i] = (byte)(block[i] ^ pad);
        message.CopyTo(input.AsSpan(BlockLength));
        byte[] hash = new byte[Sha256.HashLength];
        Sha256.Hash(input, hash);
        return hash;
    }
}
