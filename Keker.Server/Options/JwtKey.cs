using System.Security.Cryptography;

namespace Keker.Server.Options;

/// <summary>A key that signed tokens are checked with. Exactly one of its members is set. Immutable.</summary>
internal sealed record JwtKey
{
    /// <summary>Bytes of the shortest secret: as many as the hash of HS256 has (RFC 7518 3.2).</summary>
    public const int LeastSecretBytes = 32;

    /// <summary>Bits of the shortest RSA key (RFC 7518 3.3).</summary>
    public const int LeastRsaBits = 2048;

    /// <summary>A secret that the issuer has, too.</summary>
    public byte[]? Secret { get; init; }

    /// <summary>A public RSA key.</summary>
    public RSAParameters? Rsa { get; init; }

    /// <summary>A public key on one of the curves P-256, P-384 and P-521.</summary>
    public ECParameters? Curve { get; init; }
}
