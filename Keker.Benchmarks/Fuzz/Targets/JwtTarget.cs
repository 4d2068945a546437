using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Keker.Protocol.Tokens;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="SignedToken"/> and <see cref="TokenClaims"/>: whatever comes, an answer and no exception; the verdict on form and header of an oracle that works on strings
/// and documents; and claims that are only those that stand there. Of the input, a part without dots is also taken as bare claims.
/// </summary>
internal sealed partial class JwtTarget() : FuzzTarget("jwt")
{
    private static readonly JsonDocumentOptions HeaderOptions = new() { MaxDepth = 4 };
    private static readonly JsonDocumentOptions ClaimsOptions = new() { MaxDepth = 16 };

    public override void Check(byte[] input)
    {
        TokenStatus status = SignedToken.TryParse(input, out SignedToken? token);
        Property.Same(status == TokenStatus.Ok, token is not null, "a token with Ok and with nothing else");
        Match match = Form().Match(Encoding.Latin1.GetString(input));
        bool hasForm = match.Success && input.Length <= 8192;
        byte[]? header = hasForm ? Decode(match.Groups["header"].Value) : null;
        byte[]? claims = hasForm ? Decode(match.Groups["claims"].Value) : null;
        (string? algorithm, string? keyId) = header is null ? default : ReadHeader(header);
        Property.Same(algorithm is null || claims is null, status == TokenStatus.Malformed, "malformed");
        if (token is not null)
        {
            Property.Same(algorithm, token.Algorithm, "alg");
            Property.Same(keyId, token.KeyId, "kid");
            Property.Holds(SignedToken.HasForm(input), "what parses has the form of a token");
            CheckClaims(claims!, token.Claims);
        }
        CheckClaims(input, TokenClaims.Read(input));
        _ = TokenClaims.ReadAnswer(input);
    }

    /// <summary>What was read stands there, once, in its own form.</summary>
    private static void CheckClaims(byte[] json, TokenClaims? claims)
    {
        if (claims is null)
            return;
        using var document = JsonDocument.Parse(json, ClaimsOptions);
        string[] known = ["sub", "exp", "nbf", "iat", "topic", "channels", "subscribe", "publish"];
        foreach (string name in known)
            Property.Holds(document.RootElement.EnumerateObject().Count(member => member.NameEquals(name)) <= 1, $"{name} stands there once");
        Property.Same(TextOf(document, "sub"), claims.Subject is { } subject ? Encoding.UTF8.GetString(subject) : null, "sub");
        Property.Same(TextOf(document, "topic"), claims.Topic is { } topic ? Encoding.UTF8.GetString(topic) : null, "topic");
        Property.Same(TimeOf(document, "exp"), claims.ExpiresAt, "exp");
        Property.Same(TimeOf(document, "nbf"), claims.NotBefore, "nbf");
        Property.Same(TimeOf(document, "iat"), claims.IssuedAt, "iat");
        CheckNames(document, "channels", claims.Channels);
        CheckNames(document, "subscribe", claims.Subscribe);
        CheckPatterns(claims.Channels, claims.Subscribe);
    }

    private static void CheckNames(JsonDocument document, string name, IReadOnlyList<byte[]> read)
    {
        string[] expected = document.RootElement.TryGetProperty(name, out JsonElement array) ? [.. array.EnumerateArray().Select(one => one.GetString()!)] : [];
        Property.Holds(expected.SequenceEqual(read.Select(Encoding.UTF8.GetString)), $"{name} are those that stand there");
    }

    /// <summary>Names match themselves; patterns what begins as they do.</summary>
    private static void CheckPatterns(IReadOnlyList<byte[]> names, IReadOnlyList<byte[]> patterns)
    {
        NamePatterns packed = new([.. patterns], [.. names]);
        foreach (byte[] name in names.Concat(patterns).Take(8))
        {
            string text = Encoding.Latin1.GetString(name);
            foreach (string other in new[] { text, text + "x", text[..^1] })
            {
                bool expected = names.Any(one => Encoding.Latin1.GetString(one) == other)
                    || patterns.Select(Encoding.Latin1.GetString).Any(one => one.EndsWith('*') ? other.StartsWith(one[..^1], StringComparison.Ordinal) : one == other);
                Property.Same(expected, packed.Matches(Encoding.Latin1.GetBytes(other)), $"'{other}' matches");
            }
        }
    }

    private static string? TextOf(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static long? TimeOf(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out JsonElement value) ? (long)value.GetDouble() : null;

    private static (string? Algorithm, string? KeyId) ReadHeader(byte[] json)
    {
        if (!SlowUtf8.IsText(json, whole: true) && !IsJson(json))
            return default;
        try
        {
            using var document = JsonDocument.Parse(json, HeaderOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return default;
            JsonProperty[] members = [.. document.RootElement.EnumerateObject()];
            JsonProperty[] algorithms = [.. members.Where(member => member.NameEquals("alg"))];
            JsonProperty[] ids = [.. members.Where(member => member.NameEquals("kid"))];
            if (algorithms.Length != 1 || ids.Length > 1 || members.Any(member => member.NameEquals("crit")))
                return default;
            string? algorithm = ReadText(algorithms[0].Value, 16);
            string? id = ids.Length == 0 ? null : ReadText(ids[0].Value, 256);
            return algorithm is null || ids.Length == 1 && id is null ? default : (algorithm, id);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static bool IsJson(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, HeaderOptions);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? ReadText(JsonElement value, int maxLength) =>
        value.ValueKind == JsonValueKind.String && Encoding.UTF8.GetByteCount(value.GetRawText()) - 2 <= maxLength ? value.GetString() : null;

    private static byte[]? Decode(string part)
    {
        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A(?<header>[A-Za-z0-9_-]*)\.(?<claims>[A-Za-z0-9_-]*)\.[A-Za-z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
