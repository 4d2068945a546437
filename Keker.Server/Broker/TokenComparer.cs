using System.Runtime.InteropServices;

namespace Keker.Server.Broker;

/// <summary>Compares tokens byte by byte and hashes them with the key that the runtime draws for each process.</summary>
/// <remarks>
/// Tokens come from strangers: with a hash that can be computed from outside they could put all theirs in one bucket.
/// Strings are hashed with a keyed Marvin32; the bytes are handed to it two at a time.
/// </remarks>
internal sealed class TokenComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static TokenComparer Instance { get; } = new();

    public static int Hash(ReadOnlySpan<byte> token)
    {
        int hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(token));
        return token.Length % 2 == 0 ? hash : HashCode.Combine(hash, token[^1]);
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => Hash(obj);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
