namespace Keker.Protocol.Json;

/// <summary>What the sender of a bad line is told. Stateless, thread-safe.</summary>
internal static class BatchLineStatuses
{
    /// <summary>The longest text below.</summary>
    public const int MaxMessageLength = 128;

    /// <summary>What to do about it, in ASCII; for UnknownMember and RepeatedMember the member's name belongs behind it.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is Ok or no member.</exception>
    public static ReadOnlySpan<byte> Message(this BatchLineStatus status) => status switch
    {
        BatchLineStatus.NotUtf8 => "not UTF-8: send JSON in that encoding"u8,
        BatchLineStatus.NotObject => "expected one JSON object"u8,
        BatchLineStatus.NotJson => "not one JSON object, or it nests deeper than 32 levels"u8,
        BatchLineStatus.UnknownMember => "unknown member: "u8,
        BatchLineStatus.RepeatedMember => "repeated member: "u8,
        BatchLineStatus.NoRecipient => "no recipient: give token or topic, a string or an array of strings"u8,
        BatchLineStatus.TooManyRecipients => "too many recipients: give at most 64 tokens and topics"u8,
        BatchLineStatus.BadToken => "bad token: 1 to 512 bytes of UTF-8 without white space or control characters, or an array of such"u8,
        BatchLineStatus.BadTopic => "bad topic: 1 to 512 bytes without white space or control characters, neither - nor *, or an array of such"u8,
        BatchLineStatus.NoBody => "no body: give one of data, base64 and json"u8,
        BatchLineStatus.SeveralBodies => "more than one body: give one of data, base64 and json"u8,
        BatchLineStatus.BadData => "bad data: give a string of whole characters"u8,
        BatchLineStatus.BadBase64 => "bad base64: give a string of base64 with its padding"u8,
        BatchLineStatus.BadTtl => "bad ttl: give 0 to 2592000 seconds, a whole number in digits"u8,
        BatchLineStatus.BadCollapseKey => "bad collapse_key: give a string of 1 to 64 bytes of visible ASCII"u8,
        BatchLineStatus.BadIdempotencyKey => "bad idempotency_key: give a string of 1 to 255 bytes of visible ASCII without quotes and backslashes"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
