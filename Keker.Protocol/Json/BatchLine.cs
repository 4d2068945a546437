using System.Text.Json;
using System.Text.Unicode;
using Keker.Protocol.Commands;
using Keker.Protocol.Http;

namespace Keker.Protocol.Json;

/// <summary>
/// One line of a batch, a message with its recipients:
/// <code>
/// { "token": string or array, "topic": string or array,      at least one recipient, at most 64
///   "data": string / "base64": string / "json": any value,   exactly one
///   "ttl": integer, "collapse_key": string, "idempotency_key": string }
/// </code>
/// Made once and used for one line after the other; keeps an array as long as the longest of them and allocates nothing else, but for lines
/// that are not JSON. Not thread-safe.
/// </summary>
public sealed class BatchLine
{
    /// <summary>Most tokens and topics of a line, together.</summary>
    public const int MaxRecipients = 64;

    /// <summary>Levels of arrays and objects, the line's own included.</summary>
    public const int MaxDepth = 32;

    /// <summary>Bytes of a member's name that a mistake quotes.</summary>
    private const int MaxQuotedName = 64;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    private readonly DecodedStrings _strings = new();
    private readonly Slice[] _recipients = new Slice[MaxRecipients];
    private readonly byte[] _mistake = new byte[BatchLineStatuses.MaxMessageLength + MaxQuotedName];
    private int _mistakeLength;
    private BatchMember _seen;
    private Slice _name;
    private Slice _body;
    private Slice _collapseKey;
    private Slice _idempotencyKey;
    private int _ttl;

    /// <summary>Number of tokens, 0 to <see cref="MaxRecipients"/>; duplicates are kept.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Number of topics, 0 to <see cref="MaxRecipients"/> less the tokens; duplicates are kept.</summary>
    public int TopicCount { get; private set; }

    /// <summary>Bytes of memory that are kept for the next line: as many as the longest one so far had.</summary>
    public int HeldBytes => _strings.Capacity;

    /// <summary>The body, as it is to be published.</summary>
    public ReadOnlySpan<byte> Body => _strings[_body];

    /// <summary>Whether the body was given as base64: bytes, not text, even if they are UTF-8.</summary>
    public bool IsBinary => Has(BatchMember.Base64);

    /// <summary>Seconds the message may wait, 0 to <see cref="TimeToLive.MaxSeconds"/>; null if the line does not say.</summary>
    public int? TtlSeconds => Has(BatchMember.Ttl) ? _ttl : null;

    /// <summary>The collapse key; empty for none.</summary>
    public ReadOnlySpan<byte> CollapseKey => _strings[_collapseKey];

    /// <summary>The idempotency key; empty for none.</summary>
    public ReadOnlySpan<byte> IdempotencyKey => _strings[_idempotencyKey];

    /// <summary>What is wrong with the line and what to do about it, UTF-8; empty if the answer was Ok.</summary>
    public ReadOnlySpan<byte> Mistake => _mistake.AsSpan(0, _mistakeLength);

    /// <summary>The token with that index, valid until the next line.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="TokenCount"/>.</exception>
    public ReadOnlySpan<byte> TokenAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)TokenCount, nameof(index));
        return _strings[_recipients[index]];
    }

    /// <summary>The topic with that index, valid until the next line.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="TopicCount"/>.</exception>
    public ReadOnlySpan<byte> TopicAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)TopicCount, nameof(index));
        return _strings[_recipients[^(index + 1)]];
    }

    /// <summary>Parses a line and forgets the one before. Valid are the results of a line for which the answer is Ok.</summary>
    /// <param name="line">The line without its LF; white space around the object is allowed.</param>
    public BatchLineStatus Parse(ReadOnlySpan<byte> line)
    {
        Reset(line.Length);
        BatchLineStatus status = Read(line);
        if (status != BatchLineStatus.Ok)
            Explain(status);
        return status;
    }

    private void Reset(int lineLength)
    {
        _strings.Clear(lineLength);
        _mistakeLength = 0;
        _seen = BatchMember.Unknown;
        _name = default;
        _body = default;
        _collapseKey = default;
        _idempotencyKey = default;
        TokenCount = 0;
        TopicCount = 0;
    }

    private BatchLineStatus Read(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
            return BatchLineStatus.NotUtf8;
        // Without the cost of an exception for what is no attempt at all.
        if (!line.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
            return BatchLineStatus.NotObject;
        try
        {
            return ReadObject(line);
        }
        catch (JsonException)
        {
            return BatchLineStatus.NotJson;
        }
    }

    private BatchLineStatus ReadObject(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line, ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            BatchLineStatus status = ReadMember(ref reader, line);
            if (status != BatchLineStatus.Ok)
                return status;
        }
        // Once more, since the reader refuses what follows the object only when asked for it.
        reader.Read();
        if (TokenCount + TopicCount == 0)
            return BatchLineStatus.NoRecipient;
        return Has(BatchMember.Bodies) ? BatchLineStatus.Ok : BatchLineStatus.NoBody;
    }

    private BatchLineStatus ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        _strings.TryAdd(reader, out _name);
        BatchMember member = MemberOf(_strings[_name]);
        if (member == BatchMember.Unknown)
            return BatchLineStatus.UnknownMember;
        if (Has(member))
            return BatchLineStatus.RepeatedMember;
        if ((member & BatchMember.Bodies) != 0 && Has(BatchMember.Bodies))
            return BatchLineStatus.SeveralBodies;
        _seen |= member;
        reader.Read();
        switch (member)
        {
            case BatchMember.Token or BatchMember.Topic:
                return ReadRecipients(ref reader, member);
            case BatchMember.Data:
                return _strings.TryAdd(reader, out _body) ? BatchLineStatus.Ok : BatchLineStatus.BadData;
            case BatchMember.Base64:
                return _strings.TryAddBase64(reader, out _body) ? BatchLineStatus.Ok : BatchLineStatus.BadBase64;
            case BatchMember.Json:
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                _body = _strings.Add(line[start..(int)reader.BytesConsumed]);
                return BatchLineStatus.Ok;
            case BatchMember.Ttl:
                bool isTime = reader.TokenType == JsonTokenType.Number && TimeToLive.TryParse(reader.ValueSpan, out _ttl);
                return isTime ? BatchLineStatus.Ok : BatchLineStatus.BadTtl;
            case BatchMember.CollapseKey:
                bool collapses = _strings.TryAdd(reader, out _collapseKey) && Http.CollapseKey.IsValid(CollapseKey);
                return collapses ? BatchLineStatus.Ok : BatchLineStatus.BadCollapseKey;
            default:
                bool isKey = _strings.TryAdd(reader, out _idempotencyKey) && Http.IdempotencyKey.IsValid(IdempotencyKey);
                return isKey ? BatchLineStatus.Ok : BatchLineStatus.BadIdempotencyKey;
        }
    }

    private BatchLineStatus ReadRecipients(ref Utf8JsonReader reader, BatchMember member)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return AddRecipient(reader, member);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            BatchLineStatus status = AddRecipient(reader, member);
            if (status != BatchLineStatus.Ok)
                return status;
        }
        return BatchLineStatus.Ok;
    }

    /// <summary>Tokens fill the table from its beginning, topics from its end.</summary>
    private BatchLineStatus AddRecipient(in Utf8JsonReader reader, BatchMember member)
    {
        if (TokenCount + TopicCount == MaxRecipients)
            return BatchLineStatus.TooManyRecipients;
        bool decoded = _strings.TryAdd(reader, out Slice name);
        if (member == BatchMember.Token)
        {
            if (!decoded || !AuthInfo.IsValid(_strings[name]))
                return BatchLineStatus.BadToken;
            _recipients[TokenCount++] = name;
        }
        else
        {
            if (!decoded || !TopicName.IsValid(_strings[name]))
                return BatchLineStatus.BadTopic;
            _recipients[^++TopicCount] = name;
        }
        return BatchLineStatus.Ok;
    }

    private void Explain(BatchLineStatus status)
    {
        SpanWriter writer = new(_mistake);
        writer.Append(status.Message());
        if (status is BatchLineStatus.UnknownMember or BatchLineStatus.RepeatedMember)
            writer.Append(Cut(_strings[_name]));
        _mistakeLength = writer.Length;
    }

    private bool Has(BatchMember member) => (_seen & member) != 0;

    /// <summary>What is quoted of a name; ends between two code points.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> name)
    {
        if (name.Length <= MaxQuotedName)
            return name;
        int length = MaxQuotedName;
        while ((name[length] & 0xC0) == 0x80)
            length--;
        return name[..length];
    }

    private static BatchMember MemberOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("ttl"u8) => BatchMember.Ttl,
        4 when name.SequenceEqual("data"u8) => BatchMember.Data,
        4 when name.SequenceEqual("json"u8) => BatchMember.Json,
        5 when name.SequenceEqual("token"u8) => BatchMember.Token,
        5 when name.SequenceEqual("topic"u8) => BatchMember.Topic,
        6 when name.SequenceEqual("base64"u8) => BatchMember.Base64,
        12 when name.SequenceEqual("collapse_key"u8) => BatchMember.CollapseKey,
        15 when name.SequenceEqual("idempotency_key"u8) => BatchMember.IdempotencyKey,
        _ => BatchMember.Unknown,
    };
}
