using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>What the request for an event stream says.</summary>
/// <param name="Token">AUTH_INFO, as HELLO says it.</param>
/// <param name="After">The id of the last message that the client got; null for none, or for one that this server has not made.</param>
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

    /// <summary>Browsers send the header by themselves; where that takes a permission of its own (CORS), clients have the query.</summary>
    private static MessageId? ReadAfter(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        Span<byte> decoded = stackalloc byte[MessageId.MaxLength];
        ReadOnlySpan<byte> text = decoded;
        if (head.TryGet(bytes, "last-event-id"u8, out Slice header))
            text = header.In(bytes);
        else if (QueryString.Find(head.Query.In(bytes), "last_event_id"u8, decoded, out int length) == QueryStatus.Ok)
            text = text[..length];
        else
            return null;
        return MessageId.TryParse(text, out MessageId id) ? id : null;
    }
}
