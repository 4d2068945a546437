using System.Security.Cryptography;
using System.Text;
using Keker.Protocol.Http;

namespace Keker.Server.Http;

/// <summary>Whether a request carries one of the configured keys as `Authorization: Bearer KEY` (RFC 6750 2.1). Thread-safe.</summary>
/// <remarks>Hashes are compared, in constant time and with every key: neither how much of a key is right nor which one shows in the time.</remarks>
internal sealed class PublishKeyCheck(IEnumerable<byte[]> keys)
{
    private static readonly byte[] Scheme = [.. "Bearer "u8];

    private readonly byte[][] _hashes = [.. keys.Select(SHA256.HashData)];

    public bool Passes(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        if (_hashes.Length == 0)
            return true;
        if (head.Count(bytes, "authorization"u8) != 1 || !head.TryGet(bytes, "authorization"u8, out Slice slice))
            return false;
        ReadOnlySpan<byte> credentials = slice.In(bytes);
        if (credentials.Length < Scheme.Length || !Ascii.EqualsIgnoreCase(credentials[..Scheme.Length], Scheme))
            return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(credentials[Scheme.Length..].TrimStart((byte)' '), hash);
        bool passes = false;
        foreach (byte[] known in _hashes)
            passes |= CryptographicOperations.FixedTimeEquals(known, hash);
        return passes;
    }
}
