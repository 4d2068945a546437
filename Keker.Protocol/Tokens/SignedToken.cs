using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Keker.Protocol.Commands;

namespace Keker.Protocol.Tokens;

/// <summary>
/// A JSON Web Token in compact form (RFC 7519, RFC 7515 3.1), <c>header "." claims "." signature</c>, each in base64url without padding: what it says. Whether it
/// is signed by whom it should be, it does not know. Immutable.
/// </summary>
public sealed class SignedToken
{
    /// <summary>Longest key id in bytes.</summary>
    public const int MaxKeyIdLength = 256;

    private const int MaxAlgorithmLength = 16;

    private static readonly JsonReaderOptions HeaderOptions = new() { MaxDepth = 4 };

    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private SignedToken(string algorithm, string? keyId, TokenClaims claims)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        Claims = claims;
    }

    /// <summary><c>alg</c> as it stands there.</summary>
    public string Algorithm { get; }

    /// <summary><c>kid</c>; null when there is none.</summary>
    public string? KeyId { get; }

    /// <summary>The claims.</summary>
    public TokenClaims Claims { get; }

    /// <summary>Whether a word has the form of a token: three parts, and the first is a JSON object. Whoever says such a word means a token.</summary>
    public static bool HasForm(ReadOnlySpan<byte> word) =>
        TrySplit(word, out ReadOnlySpan<byte> header, out _) && Decode(header) is { Length: > 1 } json && json[0] == '{';

    /// <summary>Parses a token.</summary>
    /// <param name="word">The bytes; at most <see cref="AuthInfo.MaxCheckedLength"/> are looked at.</param>
    /// <param name="token">The token where the answer is Ok; else null.</param>
    public static TokenStatus TryParse(ReadOnlySpan<byte> word, out SignedToken? token)
    {
        token = null;
        if (!TrySplit(word, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> claims))
            return TokenStatus.Malformed;
        if (Decode(header) is not { } headerJson || !TryReadHeader(headerJson, out string? algorithm, out string? keyId))
            return TokenStatus.Malformed;
        if (Decode(claims) is not { } claimsJson)
            return TokenStatus.Malformed;
        if (TokenClaims.Read(claimsJson) is not { } read)
            return TokenStatus.BadClaims;
        token = new SignedToken(algorithm!, keyId, read);
        return TokenStatus.Ok;
    }

    private static bool TrySplit(ReadOnlySpan<byte> word, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> claims)
    {
        header = claims = default;
        if (word.Length > AuthInfo.MaxCheckedLength)
            return false;
        int first = word.IndexOf((byte)'.');
        int second = first < 0 ? -1 : word[(first + 1)..].IndexOf((byte)'.');
        if (second < 0)
            return false;
        header = word[..first];
        claims = word.Slice(first + 1, second);
        ReadOnlySpan<byte> signature = word[(first + second + 2)..];
        return !header.ContainsAnyExcept(Alphabet) && !claims.ContainsAnyExcept(Alphabet) && !signature.ContainsAnyExcept(Alphabet);
    }

    private static byte[]? Decode(ReadOnlySpan<byte> part)
    {
        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        bool isGood = Base64Url.DecodeFromUtf8(part, decoded, out _, out int length) == OperationStatus.Done;
        return isGood ? decoded[..length] : null;
    }

    /// <summary>A header that asks for something that must be understood (RFC 7515 4.1.11) is not: nothing is.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> json, out string? algorithm, out string? keyId)
    {
        algorithm = keyId = null;
        try
        {
            var reader = new Utf8JsonReader(json, HeaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isAlgorithm = reader.ValueTextEquals("alg"u8);
                bool isKeyId = reader.ValueTextEquals("kid"u8);
                if (reader.ValueTextEquals("crit"u8) || isAlgorithm && algorithm is not null || isKeyId && keyId is not null)
                    return false;
                reader.Read();
                if (isAlgorithm && (algorithm = ReadText(ref reader, MaxAlgorithmLength)) is null || isKeyId && (keyId = ReadText(ref reader, MaxKeyIdLength)) is null)
                    return false;
                reader.Skip();
            }
            return algorithm is not null && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader, int maxLength) =>
        reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= maxLength ? reader.GetString() : null;
}
