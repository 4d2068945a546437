using System.Net;
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

    /// <summary>The same for a key that a request shows: which one it was, and not what it is.</summary>
    /// <param name="key">The key; empty where none was shown.</param>
    public static string Key(ReadOnlySpan<byte> key) => key.IsEmpty ? "none" : Token(key);

    /// <summary>An address as people write it.</summary>
    /// <param name="bytes">4 or 16 bytes as they are on the wire; empty for a peer that has none.</param>
    public static string Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "a unix socket";
        var address = new IPAddress(bytes);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
