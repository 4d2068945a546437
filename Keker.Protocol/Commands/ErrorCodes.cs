namespace Keker.Protocol.Commands;

/// <summary>What is sent for an <see cref="ErrorCode"/>. Stateless, thread-safe.</summary>
public static class ErrorCodes
{
    /// <summary>The code on the wire: one word of ASCII, part of the contract.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The code is no member.</exception>
    public static ReadOnlySpan<byte> Word(this ErrorCode code) => code switch
    {
        ErrorCode.BadCommand => "bad-command"u8,
        ErrorCode.BadTopic => "bad-topic"u8,
        ErrorCode.BadId => "bad-id"u8,
        ErrorCode.TooManyTopics => "too-many-topics"u8,
        ErrorCode.NotSubscribed => "not-subscribed"u8,
        ErrorCode.TryLater => "try-later"u8,
        ErrorCode.NotAllowed => "not-allowed"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

    /// <summary>What to do about it, for people: ASCII without line breaks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The code is no member.</exception>
    public static ReadOnlySpan<byte> Text(this ErrorCode code) => code switch
    {
        ErrorCode.BadCommand => "expected: SUBSCRIBE <topic> [<id>], UNSUBSCRIBE <topic> or PING [<word>]"u8,
        ErrorCode.BadTopic => "a topic is 1 to 512 bytes without white space or control characters, and neither - nor *"u8,
        ErrorCode.BadId => "an id is <epoch>:<offset> as the server sent it"u8,
        ErrorCode.TooManyTopics => "too many subscriptions: UNSUBSCRIBE from one first"u8,
        ErrorCode.NotSubscribed => "there is no subscription to this topic"u8,
        ErrorCode.TryLater => "the server is short of memory: try again after a random delay"u8,
        ErrorCode.NotAllowed => "this topic is not allowed"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };
}
