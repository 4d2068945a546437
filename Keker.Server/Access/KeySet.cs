using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keker.Server.Options;
using Microsoft.IdentityModel.Tokens;

namespace Keker.Server.Access;

/// <summary>Reads a JSON Web Key Set (RFC 7517 5). Stateless, thread-safe.</summary>
internal static class KeySet
{
    /// <summary>Bytes of the largest set.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>Keys of one set: more than anybody has in force.</summary>
    private const int MostKeys = 64;

    /// <summary>The keys that verify signatures of a kind that counts here.</summary>
    /// <exception cref="FormatException">It is no set of keys, or one that cannot be used beside those that are given.</exception>
    public static IReadOnlyList<VerificationKey> Read(ReadOnlyMemory<byte> json, AccessOptions options)
    {
        try
        {
            using (var document = JsonDocument.Parse(json))
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out JsonElement keys) || keys.ValueKind != JsonValueKind.Array)
                    throw new FormatException("it has no member keys with an array");
            }
            var set = new JsonWebKeySet(Encoding.UTF8.GetString(json.Span));
            VerificationKey[] read = [.. set.Keys.Select(key => TryRead(key, options)).OfType<VerificationKey>().Take(MostKeys)];
            KeyRing.RequireTriable(options.Keys.Select(key => VerificationKey.Of(key, options)).Concat(read));
            return read;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException("it is no JSON Web Key Set", e);
        }
    }

    /// <summary>A key whose members have values that they cannot have is left out, as one of an unknown kind is (RFC 7517 5): the others count.</summary>
    private static VerificationKey? TryRead(JsonWebKey key, AccessOptions options)
    {
        try
        {
            return VerificationKey.Of(key, options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException or ArithmeticException or CryptographicException)
        {
            return null;
        }
    }
}
