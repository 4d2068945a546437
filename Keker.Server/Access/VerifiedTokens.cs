using System.Runtime.InteropServices;
using Keker.Protocol.Hashes;

namespace Keker.Server.Access;

/// <summary>
/// Tokens whose signature was found good, by their hash, so that who shows one again (a publisher with every message, a page that comes back) is not checked again. What was
/// not seen for long gives way to what is new. Thread-safe.
/// </summary>
/// <remarks>Only what a key has signed comes in here: a stranger can make it neither grow nor forget.</remarks>
internal sealed class VerifiedTokens
{
    /// <summary>Tokens of one generation; there are two.</summary>
    private const int Most = 16_384;

    private const long MostBytes = 16 << 20;

    private readonly Remembered<(UInt128 Hash, TokenPurpose Purpose), Grant> _known = new(Most, MostBytes);

    /// <summary>The name of a token in here.</summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> token)
    {
        Span<byte> hash = stackalloc byte[Sha256.HashLength];
        Sha256.Hash(token, hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    /// <summary>What a token grants.</summary>
    /// <param name="hash">Its name.</param>
    /// <param name="purpose">What it is shown for.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <returns>Null where it is not known, or has come to its end.</returns>
    public Grant? Find(UInt128 hash, TokenPurpose purpose, long now) => _known.TryFind((hash, purpose), out Grant? grant) && now < grant.EndsAt ? grant : null;

    /// <summary>A token was found good.</summary>
    public void Add(UInt128 hash, TokenPurpose purpose, Grant grant) => _known.Add((hash, purpose), grant, grant.HeldBytes);
}
