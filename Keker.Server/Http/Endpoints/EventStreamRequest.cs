using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Server.Options;

namespace Keker.Server.Http.Endpoints;

/// <summary>What the request for an event stream says.</summary>
/// <param name="Token">AUTH_INFO, as HELLO says it.</param>
/// <param name="After">The id of the last message that the client got; <see cref="MessageId.Unknown"/> where it says one that is none; null where it says nothing.</param>
internal sealed record EventStreamRequest(byte[] Token, MessageId? After)
{
    /// <summary>Reads the request.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="mistake">What is wrong and what to do about it, in ASCII.</param>
    /// <returns>Null when something is wrong.</returns>
    public static EventStreamRequest? Read(RequestHead head, ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> mistake)
    {
        Span<byte> token = stackalloc byte[Limits.TokenBytes];
        QueryStatus status = QueryString.Find(head.Query.In(bytes), "token"u8, token, out int length);
        mistake = status switch
        {
            QueryStatus.Absent => "no token: ask for /v1/subscribe?token=<AUTH_INFO>, percent-encoded"u8,
            QueryStatus.Repeated => "more than one token: an event stream has one"u8,
            QueryStatus.Ok when AuthInfo.IsValid(token[..length]) => default,
            _ => "bad token: send 1 to 512 bytes of UTF-8 without white space or control characters, percent-encoded"u8,
        };
        return mistake.IsEmpty ? new EventStreamRequest(token[..length].ToArray(), ReadAfter(head, bytes)) : null;
    }

    /// <summary>
    /// Browsers send the header by themselves; where that takes a permission of its own (CORS), clients have the query. The latest says most: a page
    /// writes its query once, and a polyfill adds its own (<c>lastEventId</c>) when it comes back. An empty one says nothing (WHATWG HTML 9.2.2).
    /// </summary>
    private static MessageId? ReadAfter(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        if (head.TryGet(bytes, "last-event-id"u8, out Slice header))
            return header.Length == 0 ? null : Parse(header.In(bytes));
        ReadOnlySpan<byte> query = head.Query.In(bytes);
        return ReadAfter(query, "lastEventId"u8) ?? ReadAfter(query, "last_event_id"u8);
    }

    private static MessageId? ReadAfter(ReadOnlySpan<byte> query, ReadOnlySpan<byte> key)
    {
        Span<byte> decoded = stackalloc byte[MessageId.MaxLength];
        QueryStatus status = QueryString.Find(query, key, decoded, out int length);
        if (status == QueryStatus.Absent || status == QueryStatus.Ok && length == 0)
            return null;
        return status == QueryStatus.Ok ? Parse(decoded[..length]) : MessageId.Unknown;
    }

    private static MessageId Parse(ReadOnlySpan<byte> text) => MessageId.TryParse(text, out MessageId id) ? id : MessageId.Unknown;
}
