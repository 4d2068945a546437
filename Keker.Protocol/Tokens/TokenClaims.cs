using System.Text.Json;
using Keker.Protocol.Commands;

namespace Keker.Protocol.Tokens;

/// <summary>
/// What a JSON object says that tells who somebody is and what it may: the claims of a token (RFC 7519 4). Members that have no meaning here may be anything;
/// one that has may stand there once, and in its own form only. Immutable once read.
/// </summary>
public sealed class TokenClaims
{
    /// <summary>Most names in <see cref="Channels"/>: as many topics as a session may have.</summary>
    public const int MaxChannels = 100;

    /// <summary>Most patterns in each of the others.</summary>
    public const int MaxPatterns = 256;

    /// <summary>The latest second that a time may have: the end of the year 9999.</summary>
    private const long MaxSeconds = 253402300799;

    /// <summary>Levels of arrays and objects.</summary>
    private const int MaxDepth = 16;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    private bool _isAnswer;
    private ClaimSet _seen;

    /// <summary><c>sub</c>: the token that publishers name, valid as AUTH_INFO; null when it is absent.</summary>
    public byte[]? Subject { get; private set; }

    /// <summary><c>exp</c> in seconds since 1970; null when it is absent.</summary>
    public long? ExpiresAt { get; private set; }

    /// <summary><c>nbf</c>, likewise.</summary>
    public long? NotBefore { get; private set; }

    /// <summary><c>iat</c>, likewise.</summary>
    public long? IssuedAt { get; private set; }

    /// <summary><c>topic</c>: the one topic that it is for, valid as a name; null for none.</summary>
    public byte[]? Topic { get; private set; }

    /// <summary><c>channels</c>: the topics that are joined at HELLO, valid as names.</summary>
    public IReadOnlyList<byte[]> Channels { get; private set; } = [];

    /// <summary><c>subscribe</c>: valid patterns of topics that may be asked for.</summary>
    public IReadOnlyList<byte[]> Subscribe { get; private set; } = [];

    /// <summary><c>publish</c>: whom it may publish to; null when it is absent.</summary>
    public PublishPatterns? Publish { get; private set; }

    /// <summary>Reads the claims.</summary>
    /// <param name="json">The text; it need not be JSON, nor UTF-8.</param>
    /// <returns>Null when they cannot be read.</returns>
    public static TokenClaims? Read(ReadOnlySpan<byte> json) => Read(json, isAnswer: false);

    /// <summary>
    /// Reads the answer of a backend, where <c>token</c> stands for <c>sub</c> and <c>expires_in</c>, in seconds from now, for <c>exp</c>. A member that is
    /// <c>null</c> is absent.
    /// </summary>
    /// <param name="json">The text; it need not be JSON, nor UTF-8.</param>
    /// <returns>Null when it cannot be read.</returns>
    public static TokenClaims? ReadAnswer(ReadOnlySpan<byte> json) => Read(json, isAnswer: true);

    private static TokenClaims? Read(ReadOnlySpan<byte> json, bool isAnswer)
    {
        try
        {
            var reader = new Utf8JsonReader(json, ReaderOptions);
            var claims = new TokenClaims { _isAnswer = isAnswer };
            return claims.TryRead(ref reader) ? claims : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON; or a string that is no text.
            return null;
        }
    }

    private bool TryRead(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ClaimSet claim = ClaimOf(ref reader);
            if ((_seen & claim) != 0)
                return false;
            _seen |= claim;
            reader.Read();
            if (claim == ClaimSet.None || IsLeftOut(ref reader, claim))
                reader.Skip();
            else if (!TryTake(ref reader, claim))
                return false;
        }
        return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    /// <summary>Many languages write <c>null</c> for what is not there. An answer may do so; an issuer of tokens says less or means something.</summary>
    private bool IsLeftOut(ref Utf8JsonReader reader, ClaimSet claim) =>
        _isAnswer && claim != ClaimSet.Subject && reader.TokenType == JsonTokenType.Null;

    private ClaimSet ClaimOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals(_isAnswer ? "token"u8 : "sub"u8)) return ClaimSet.Subject;
        if (reader.ValueTextEquals(_isAnswer ? "expires_in"u8 : "exp"u8)) return ClaimSet.ExpiresAt;
        if (reader.ValueTextEquals("channels"u8)) return ClaimSet.Channels;
        if (reader.ValueTextEquals("subscribe"u8)) return ClaimSet.Subscribe;
        if (_isAnswer) return ClaimSet.None;
        if (reader.ValueTextEquals("nbf"u8)) return ClaimSet.NotBefore;
        if (reader.ValueTextEquals("iat"u8)) return ClaimSet.IssuedAt;
        if (reader.ValueTextEquals("topic"u8)) return ClaimSet.Topic;
        return reader.ValueTextEquals("publish"u8) ? ClaimSet.Publish : ClaimSet.None;
    }

    private bool TryTake(ref Utf8JsonReader reader, ClaimSet claim)
    {
        switch (claim)
        {
            case ClaimSet.Subject:
                return (Subject = ReadWord(ref reader)) is not null;
            case ClaimSet.Topic:
                return (Topic = ReadWord(ref reader)) is not null && TopicName.IsValid(Topic);
            case ClaimSet.ExpiresAt:
                return (ExpiresAt = ReadTime(ref reader)) is not null;
            case ClaimSet.NotBefore:
                return (NotBefore = ReadTime(ref reader)) is not null;
            case ClaimSet.IssuedAt:
                return (IssuedAt = ReadTime(ref reader)) is not null;
            case ClaimSet.Channels:
                Channels = ReadWords(ref reader, MaxChannels, out bool areNames);
                return areNames && Channels.All(static name => TopicName.IsValid(name));
            case ClaimSet.Subscribe:
                Subscribe = ReadWords(ref reader, MaxPatterns, out bool arePatterns);
                return arePatterns && Subscribe.All(static pattern => NamePatterns.IsValid(pattern));
            default:
                List<byte[]> publish = ReadWords(ref reader, MaxPatterns, out bool areWords, PublishPatterns.MaxKindLength + AuthInfo.MaxLength);
                return areWords && (Publish = PublishPatterns.Of(publish)) is not null;
        }
    }

    private static byte[]? ReadWord(ref Utf8JsonReader reader, int longest = AuthInfo.MaxLength)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > AuthInfo.MaxCheckedLength)
            return null;
        byte[] text = new byte[reader.ValueSpan.Length];
        text = text[..reader.CopyString(text)];
        return AuthInfo.IsValid(text, longest) ? text : null;
    }

    private static List<byte[]> ReadWords(ref Utf8JsonReader reader, int most, out bool isGood, int longest = AuthInfo.MaxLength)
    {
        List<byte[]> words = [];
        isGood = reader.TokenType == JsonTokenType.StartArray;
        while (isGood && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            byte[]? word = ReadWord(ref reader, longest);
            isGood = word is not null && words.Count < most;
            if (isGood)
                words.Add(word!);
        }
        return words;
    }

    /// <summary>Seconds, of which a part is cut off (RFC 7519 2, NumericDate).</summary>
    private static long? ReadTime(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double seconds) && seconds is >= 0 and <= MaxSeconds ? (long)seconds : null;
}
