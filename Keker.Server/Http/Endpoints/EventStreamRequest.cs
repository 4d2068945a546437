using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Protocol.Sse;
using Keker.Server.Options;

namespace Keker.Server.Http.Endpoints;

/// <summary>What the request for an event stream says.</summary>
/// <param name="Token">AUTH_INFO, as HELLO says it; null for a stream of topics alone.</param>
/// <param name="Topics">The topics, each once, in the order of the query.</param>
/// <param name="After">
/// For each subscription, that of the token first, the id of the last message that the client got: null where it says none, <see cref="MessageId.Unknown"/>
/// where what it says is no id.
/// </param>
internal sealed record EventStreamRequest(byte[]? Token, byte[][] Topics, MessageId?[] After)
{
    /// <summary>Reads the request.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="isChecked">Whether it is checked who may: the token may be longer then, and stand in the Authorization field.</param>
    /// <param name="mistake">What is wrong and what to do about it, in ASCII.</param>
    /// <returns>Null when something is wrong.</returns>
    public static EventStreamRequest? Read(RequestHead head, ReadOnlySpan<byte> bytes, bool isChecked, out ReadOnlySpan<byte> mistake)
    {
        ReadOnlySpan<byte> query = head.Query.In(bytes);
        mistake = ReadToken(query, isChecked ? Limits.StreamTokenBytes : Limits.TokenBytes, out byte[]? token);
        if (!mistake.IsEmpty)
            return null;
        if (isChecked && token is null && BearerField.Find(head, bytes) is var bearer && AuthInfo.IsValid(bearer, AuthInfo.MaxCheckedLength))
            token = bearer.ToArray();
        List<byte[]> topics = [];
        mistake = ReadTopics(query, topics);
        int count = topics.Count + (token is null ? 0 : 1);
        if (mistake.IsEmpty && count == 0)
            mistake = "no token and no topic: ask for /v1/subscribe?token=<AUTH_INFO>&topic=<name>, one of them or both, percent-encoded"u8;
        return mistake.IsEmpty ? new EventStreamRequest(token, [.. topics], ReadAfter(head, bytes, count)) : null;
    }

    private static ReadOnlySpan<byte> ReadToken(ReadOnlySpan<byte> query, int longest, out byte[]? token)
    {
        Span<byte> decoded = stackalloc byte[Limits.StreamTokenBytes];
        QueryStatus status = QueryString.Find(query, "token"u8, decoded[..longest], out int length);
        bool isValid = status == QueryStatus.Ok && AuthInfo.IsValid(decoded[..length], longest);
        token = isValid ? decoded[..length].ToArray() : null;
        return status switch
        {
            QueryStatus.Absent => default,
            QueryStatus.Repeated => "more than one token: an event stream has one"u8,
            _ when isValid => default,
            _ when longest > Limits.TokenBytes => "bad token: send 1 to 4096 bytes of UTF-8 without white space or control characters, percent-encoded"u8,
            _ => "bad token: send 1 to 512 bytes of UTF-8 without white space or control characters, percent-encoded"u8,
        };
    }

    private static ReadOnlySpan<byte> ReadTopics(ReadOnlySpan<byte> query, List<byte[]> topics)
    {
        Span<byte> decoded = stackalloc byte[Limits.TokenBytes];
        foreach (ReadOnlySpan<byte> value in QueryString.ValuesOf(query, "topic"u8))
        {
            if (topics.Count == Limits.StreamTopics)
                return "too many topics: an event stream has at most 8"u8;
            if (QueryString.Decode(value, decoded, out int length) != QueryStatus.Ok || !TopicName.IsValid(decoded[..length]))
                return "bad topic: send 1 to 512 bytes of UTF-8 without white space or control characters, neither - nor *, percent-encoded"u8;
            foreach (byte[] earlier in topics)
            {
                if (decoded[..length].SequenceEqual(earlier))
                    return "the same topic twice: name each once"u8;
            }
            topics.Add(decoded[..length].ToArray());
        }
        return default;
    }

    /// <summary>
    /// Browsers send the header by themselves; where that takes a permission of its own (CORS), clients have the query. The latest says most: a page
    /// writes its query once, and a polyfill adds its own (<c>lastEventId</c>) when it comes back. An empty one says nothing (WHATWG HTML 9.2.2).
    /// </summary>
    private static MessageId?[] ReadAfter(RequestHead head, ReadOnlySpan<byte> bytes, int count)
    {
        var after = new MessageId?[count];
        if (head.TryGet(bytes, "last-event-id"u8, out Slice header))
        {
            if (header.Length > 0)
                Parse(header.In(bytes), after);
            return after;
        }
        ReadOnlySpan<byte> query = head.Query.In(bytes);
        if (!TryReadAfter(query, "lastEventId"u8, after))
            TryReadAfter(query, "last_event_id"u8, after);
        return after;
    }

    /// <returns>False where it says nothing.</returns>
    private static bool TryReadAfter(ReadOnlySpan<byte> query, ReadOnlySpan<byte> key, MessageId?[] after)
    {
        Span<byte> decoded = stackalloc byte[Math.Max(MessageId.MaxLength, EventIdList.MaxLength(Limits.StreamTopics + 1))];
        QueryStatus status = QueryString.Find(query, key, decoded, out int length);
        if (status == QueryStatus.Absent || status == QueryStatus.Ok && length == 0)
            return false;
        if (status == QueryStatus.Ok)
            Parse(decoded[..length], after);
        else
            Array.Fill(after, MessageId.Unknown);
        return true;
    }

    private static void Parse(ReadOnlySpan<byte> text, MessageId?[] after)
    {
        if (after.Length == 1 && !EventIdList.IsOne(text))
            after[0] = MessageId.TryParse(text, out MessageId id) ? id : MessageId.Unknown;
        else if (!EventIdList.TryParse(text, after))
            Array.Fill(after, MessageId.Unknown);
    }
}
