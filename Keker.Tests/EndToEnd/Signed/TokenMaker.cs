using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Keker.Tests.EndToEnd.Signed;

/// <summary>Makes signed tokens of any kind, good and bad, with nothing but the platform's cryptography.</summary>
internal sealed class TokenMaker
{
    private readonly string _algorithm;
    private readonly Func<byte[], byte[]> _sign;

    private TokenMaker(string algorithm, string file, Func<byte[], byte[]> sign)
    {
        _algorithm = algorithm;
        FileContent = file;
        _sign = sign;
    }

    /// <summary>What the file of --jwt-key holds.</summary>
    public string FileContent { get; }

    /// <summary>One for an algorithm, with a key of its own.</summary>
    public static TokenMaker For(string algorithm)
    {
        HashAlgorithmName hash = new("SHA" + algorithm[2..]);
        switch (algorithm[..2])
        {
            case "HS":
                return WithSecret(algorithm, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
            case "ES":
                var key = ECDsa.Create(algorithm switch { "ES256" => ECCurve.NamedCurves.nistP256, "ES384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });
                return new TokenMaker(algorithm, key.ExportSubjectPublicKeyInfoPem(), data => key.SignData(data, hash));
            default:
                var rsa = RSA.Create(2048);
                RSASignaturePadding padding = algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
                return new TokenMaker(algorithm, rsa.ExportSubjectPublicKeyInfoPem(), data => rsa.SignData(data, hash, padding)) { Rsa = rsa };
        }
    }

    /// <summary>One that signs with a secret of one's own choice.</summary>
    public static TokenMaker WithSecret(string algorithm, string secret) => new(algorithm, secret + "\n", data => algorithm switch
    {
        "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), data),
        "HS384" => HMACSHA384.HashData(Encoding.UTF8.GetBytes(secret), data),
        _ => HMACSHA512.HashData(Encoding.UTF8.GetBytes(secret), data),
    });

    /// <summary>The RSA key, where it is one.</summary>
    public RSA? Rsa { get; private init; }

    /// <summary>A token.</summary>
    /// <param name="claims">JSON without the outer braces and without exp.</param>
    /// <param name="lifetime">Seconds from now to exp.</param>
    /// <param name="header">More members of the header, with a comma before.</param>
    public string Token(string claims, int lifetime = 3600, string header = "") =>
        Raw($"{{\"alg\":\"{_algorithm}\",\"typ\":\"JWT\"{header}}}", $"{{{claims},\"exp\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + lifetime}}}");

    /// <summary>A token of exactly this header and these claims, signed.</summary>
    public string Raw(string header, string claims)
    {
        string signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(_sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>A text as a part of a token.</summary>
    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
