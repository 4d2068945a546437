namespace Keker.Protocol.Commands;

/// <summary>
/// Why the server refuses a command in tagged mode, in an <see cref="ErrorLine"/>. The connection goes on: what ends it is a close code.
/// </summary>
public enum ErrorCode : byte
{
    /// <summary><c>bad-command</c>: no command, or not in the form of one.</summary>
    BadCommand,

    /// <summary><c>bad-topic</c>: the name cannot be a topic's.</summary>
    BadTopic,

    /// <summary><c>bad-id</c>: the last word is no <see cref="MessageId"/>.</summary>
    BadId,

    /// <summary><c>too-many-topics</c>: the session has as many subscriptions as it may have.</summary>
    TooManyTopics,

    /// <summary><c>not-subscribed</c>: UNSUBSCRIBE for a topic the session is not in.</summary>
    NotSubscribed,

    /// <summary><c>try-later</c>: the server is short of memory, or nobody can say now what is allowed.</summary>
    TryLater,

    /// <summary><c>not-allowed</c>: the client has no right to this topic, or no longer.</summary>
    NotAllowed,
}
