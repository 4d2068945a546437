using Keker.Protocol.Hashes;

namespace Keker.Server.Observability;

/// <summary>What a log may show of something secret.</summary>
internal static class LogText
{
    private const int TokenBytesShown = 4;

    /// <summary>The first 8 hex digits of the token's SHA-256: enough to follow a session through a log, useless to a reader of it.</summary>
    public static string Token(ReadOnlySpan<byte> token)
    {
        Span<byte> hash = stackalloc byte[Sha256.HashLength];
        Sha256.Hash(token, hash);
        return Convert.ToHexStringLower(hash[..TokenBytesShown]);
    }
}
