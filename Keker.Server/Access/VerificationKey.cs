using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Keker.Server.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Keker.Server.Access;

/// <summary>A key, bound to its family of algorithms: what is signed in another way is not looked at with it. Immutable, thread-safe.</summary>
internal sealed class VerificationKey
{
    private static readonly ImmutableArray<string> Hmac = ["HS256", "HS384", "HS512"];
    private static readonly ImmutableArray<string> Rsa = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    // One for all: it keeps what it has prepared of a key, for as long as it is used.
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = Limits.CheckedHelloMessageBytes };

    private readonly TokenValidationParameters _parameters;
    private readonly byte[]? _secret;

    private VerificationKey(SecurityKey key, string? id, ImmutableArray<string> algorithms, AccessOptions options)
    {
        Id = id;
        Algorithms = algorithms;
        _secret = (key as SymmetricSecurityKey)?.Key;
        _parameters = new TokenValidationParameters
        {
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = true,
            RequireSignedTokens = true,
            ValidAlgorithms = algorithms,
            ValidateIssuer = options.Issuer is not null,
            ValidIssuer = options.Issuer,
            ValidateAudience = options.Audience is not null,
            ValidAudience = options.Audience,

            // Times are looked at before, by the clock of the server.
            ValidateLifetime = false,
        };
    }

    /// <summary>Its name; null where it has none.</summary>
    public string? Id { get; }

    /// <summary>What it may be used for.</summary>
    public ImmutableArray<string> Algorithms { get; }

    /// <summary>Whether a check takes so little time that it may be done where sockets are polled.</summary>
    public bool IsQuick => Algorithms[0].StartsWith('H');

    /// <summary>A key that the operator has given.</summary>
    public static VerificationKey Of(JwtKey key, AccessOptions options)
    {
        if (key.Secret is { } secret)
            return new VerificationKey(new SymmetricSecurityKey(secret), id: null, Hmac, options);
        if (key.Rsa is { } rsa)
            return new VerificationKey(new RsaSecurityKey(rsa), id: null, Rsa, options);
        ECParameters curve = key.Curve!.Value;
        string name = curve.Q.X!.Length switch { 32 => "P-256", 48 => "P-384", _ => "P-521" };

        // As a key of a set: that is known by its parameters, and no object of the system's library is shared by threads.
        var webKey = new JsonWebKey { Kty = "EC", Crv = name, X = Base64UrlEncoder.Encode(curve.Q.X), Y = Base64UrlEncoder.Encode(curve.Q.Y) };
        return new VerificationKey(webKey, id: null, [AlgorithmOf(name)!], options);
    }

    /// <summary>A key of a set (RFC 7517).</summary>
    /// <returns>Null for one that does not verify signatures of a kind that counts here; what is secret is none of these.</returns>
    public static VerificationKey? Of(JsonWebKey key, AccessOptions options)
    {
        if (key.Use is not (null or "" or "sig") || key.KeyOps.Count > 0 && !key.KeyOps.Contains("verify") || key.HasPrivateKey)
            return null;
        ImmutableArray<string> algorithms = key.Kty switch
        {
            "RSA" when key.N is not null && key.E is not null && key.KeySize >= JwtKey.LeastRsaBits => Rsa,
            "EC" when key.X is not null && key.Y is not null && AlgorithmOf(key.Crv) is { } algorithm => [algorithm],
            _ => [],
        };
        if (!string.IsNullOrEmpty(key.Alg))
            algorithms = algorithms.Contains(key.Alg) ? [key.Alg] : [];
        return algorithms.IsEmpty ? null : new VerificationKey(key, string.IsNullOrEmpty(key.Kid) ? null : key.Kid, algorithms, options);
    }

    /// <summary>
    /// A first look, of a few microseconds, before <see cref="Verify"/>, which reads the whole token anew and throws where it is not good: strangers could have that done
    /// where sockets are polled.
    /// </summary>
    /// <param name="word">The token.</param>
    /// <param name="algorithm">What it says that it is signed with; one of <see cref="Algorithms"/>.</param>
    /// <returns>False for a token that is not signed with this secret; true for any other key.</returns>
    public bool MayHaveSigned(ReadOnlySpan<byte> word, string algorithm)
    {
        if (_secret is null)
            return true;
        int end = word.LastIndexOf((byte)'.');
        Span<byte> expected = stackalloc byte[SHA512.HashSizeInBytes];
        int length = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(_secret, word[..end], expected),
            "HS384" => HMACSHA384.HashData(_secret, word[..end], expected),
            _ => HMACSHA512.HashData(_secret, word[..end], expected),
        };
        Span<byte> shown = stackalloc byte[SHA512.HashSizeInBytes];
        bool isRead = Base64Url.DecodeFromUtf8(word[(end + 1)..], shown, out _, out int shownLength) == OperationStatus.Done;
        return isRead && CryptographicOperations.FixedTimeEquals(shown[..shownLength], expected[..length]);
    }

    /// <summary>Whether a token is signed with it, from the right issuer and for the right audience.</summary>
    /// <param name="token">A token of one of its algorithms.</param>
    /// <returns>Null when it is; else what is wrong.</returns>
    public Exception? Verify(string token)
    {
        // Nothing is waited for in there: no part of it is asynchronous but the form.
        TokenValidationResult result = Handler.ValidateTokenAsync(token, _parameters).GetAwaiter().GetResult();
        return result.IsValid ? null : result.Exception;
    }

    private static string? AlgorithmOf(string? curve) => curve switch
    {
        "P-256" => "ES256",
        "P-384" => "ES384",
        "P-521" => "ES512",
        _ => null,
    };
}
